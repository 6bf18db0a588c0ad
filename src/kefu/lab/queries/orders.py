"""Reading orders for screens and the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kefu.customers.models import Customer
from kefu.foundation.files.models import Attachment
from kefu.foundation.files.queries import attached
from kefu.foundation.printing.models import Print
from kefu.foundation.printing.queries import prints_of
from kefu.lab.choices import OrderStatus, SampleState
from kefu.lab.models import Consignment, KitIssue, Order, OrderItem, OrderVersion, ReportPromise, Sample, Signature
from kefu.lab.queries.addresses import KIND, SHEET, SIGNED_SHEET
from kefu.lab.queries.lines import active_items
from kefu.organisation.models import User

ENDED = (OrderStatus.CANCELLED, OrderStatus.REPORT_INTERPRETED)


@dataclass(frozen=True)
class OrderFile:
    """Everything the page of an order shows, in a fixed number of queries."""

    order: Order
    lines: list[OrderItem]
    versions: list[OrderVersion]
    signatures: list[Signature]
    kits: list[KitIssue]
    samples: list[Sample]
    consignments: list[Consignment]
    promises: list[ReportPromise]
    prints: list[Print]
    scans: list[Attachment]

    @property
    def signature(self) -> Signature | None:
        """The signature that counts."""
        return next((one for one in self.signatures if one.voided_at is None), None)

    @property
    def scanned(self) -> bool:
        """Whether the signed sheet lies in the file as a scan: the charging voucher is complete."""
        signature = self.signature
        return signature is not None and any(scan.at >= signature.recorded_at for scan in self.scans)

    @property
    def awaited(self) -> list[Sample]:
        """Samples that have not come in."""
        return [sample for sample in self.samples if sample.state == SampleState.AWAITED]

    @property
    def without_kit(self) -> list[Sample]:
        """Samples to be taken again for which no new kit was handed out."""
        return [sample for sample in self.awaited if sample.replaces_id and sample.kit_line_id is None]


def with_people(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with what every list and page shows of them."""
    return orders.select_related("customer__node", "customer__doctor", "customer__health_manager", "doctor", "node")


def file_of(order: Order) -> OrderFile:
    """All that belongs to an order."""
    samples = order.samples.select_related("order_item__item__sample_kind", "kit_line__kit", "reason", "checked_by", "checked_node", "consignment", "replaces")  # fmt: skip
    kits = order.kit_issues.select_related("slip", "by", "taken_back_by").prefetch_related("lines__kit")
    return OrderFile(
        order=order,
        lines=active_items(order),
        versions=list(order.versions.select_related("by")),
        signatures=list(order.signatures.select_related("charge", "recorded_by")),
        kits=list(kits),
        samples=list(samples),
        consignments=list(order.consignments.select_related("by")),
        promises=list(order.promises.select_related("by")),
        prints=list(
            Print.objects.filter(subject_kind=KIND, subject_id=order.pk).select_related("by").order_by("-at", "-id")
        ),
        scans=list(attached(KIND, order.pk, SIGNED_SHEET)),
    )


def orders_of(customer: Customer) -> QuerySet[Order]:
    """A customer's orders, newest first."""
    return with_people(Order.objects.filter(customer=customer)).order_by("-placed_at", "-id")


def open_order(customer_id: int, user: User, statuses: Iterable[str] = ()) -> Order | None:
    """The customer's newest order that is still under way, of some statuses if named."""
    orders = Order.objects.visible_to(user).filter(customer_id=customer_id).exclude(status__in=ENDED)
    if statuses:
        orders = orders.filter(status__in=list(statuses))
    return orders.order_by("-placed_at", "-id").first()


def found_by_number(text: str, user: User) -> QuerySet[Order]:
    """Orders whose number, or one of whose samples' or kits' numbers, begins with the text."""
    wanted = text.strip().upper()
    orders = Order.objects.visible_to(user)
    if wanted.startswith("S"):
        orders = orders.filter(samples__barcode__startswith=wanted).distinct()
    elif wanted.startswith("K"):
        orders = orders.filter(kit_issues__lines__barcode__startswith=wanted).distinct()
    else:
        orders = orders.filter(number__startswith=wanted)
    return with_people(orders).order_by("-placed_at", "-id")


GROUPS: dict[str, tuple[str, ...]] = {
    "sign": (OrderStatus.TESTS_ORDERED,),
    "kit": (OrderStatus.SIGNED,),
    "sampling": (OrderStatus.CUSTOMER_SAMPLING, OrderStatus.RESAMPLING),
    "testing": (OrderStatus.TESTING, OrderStatus.REPORT_UNDER_REVIEW),
}


def orders_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Order]:
    """Orders within scope as their page shows them, newest first: by where they stand (`show`) or by a number (`q`)."""
    text, statuses = asked.get("q", "").strip(), GROUPS.get(asked.get("show", ""))
    orders = found_by_number(text, user) if text else with_people(Order.objects.visible_to(user))
    return (orders.filter(status__in=statuses) if statuses else orders).order_by("-placed_at", "-id")


def last_sheet(order: Order) -> Print | None:
    """The last printout of the order as it stands now."""
    since = OrderVersion.objects.get(order=order, version=order.version).at
    return prints_of(SHEET, KIND, order.pk).filter(at__gte=since).first()
