"""Orders with what was delivered of them, those that are late, and the comparison of orders with sales (STK-002, STK-020)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from kefu.kernel.money import total
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.purchasing.choices import OPEN_ORDERS, OrderState
from kefu.purchasing.models import CountLine, OrderFact, OrderLine, OrderSending, PurchaseOrder, Supply
from kefu.purchasing.queries.deliveries import received_of
from kefu.purchasing.queries.planning import demand_now, on_order
from kefu.stock.queries import held_by_place, issued_to_customers

LATE = "late"
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class LineRow:
    """A line of an order with what came of it."""

    line: OrderLine
    received: int

    @property
    def left(self) -> int:
        """Packs still owed."""
        return max(self.line.packs - self.received, 0)


@dataclass(frozen=True)
class Compared:
    """A product in a week: packs ordered, delivered and sold; what there is now, what customers wait for, what still comes."""

    product: Product
    ordered: int
    delivered: int
    sold: int
    on_hand: int
    demand: int
    coming: int

    @property
    def days_left(self) -> int | None:
        """Days what is there lasts at the pace of the week; None when nothing was sold."""
        return self.on_hand * 7 // self.sold if self.sold else None

    @property
    def short(self) -> int:
        """Packs missing to serve who waits and to keep the safety stock, after what still comes."""
        return max(self.demand + (self.product.reorder_point or 0) - self.on_hand - self.coming, 0)


def orders_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[PurchaseOrder]:
    """The orders within reach, newest first: of one state (`state`), or those that are late (`state=late`)."""
    rows: QuerySet[PurchaseOrder] = PurchaseOrder.objects.visible_to(user)
    state = asked.get("state", "")
    if state == LATE:
        rows = late(rows, timezone.localdate(at))
    elif state in OrderState.values:
        rows = rows.filter(state=state)
    lines = Prefetch("lines", OrderLine.objects.select_related("supply__product").order_by("pk"))
    named = rows.select_related("supplier__institution", "warehouse__node", "by", "request", "ended_by")
    return named.prefetch_related(lines).order_by("-id")


def late(rows: QuerySet[PurchaseOrder], today: date) -> QuerySet[PurchaseOrder]:
    """Those of the orders whose goods should have come before today."""
    return rows.filter(state__in=OPEN_ORDERS, expected_on__lt=today)


def amount_of(order: PurchaseOrder) -> Decimal:
    """What all lines cost together, in yuan."""
    return total((line.price, line.packs) for line in order.lines.all())


def rows_of(order: PurchaseOrder) -> list[LineRow]:
    """The lines of an order with what came."""
    came = received_of(order)
    return [LineRow(line, came.get(line.supply.product_id, 0)) for line in order.lines.all()]


def facts_of(order: PurchaseOrder) -> QuerySet[OrderFact]:
    """What became known of an order, latest first."""
    return order.facts.select_related("by").order_by("-on", "-pk")


def sendings_of(order: PurchaseOrder) -> QuerySet[OrderSending]:
    """The mails of an order, latest first, with what became of them."""
    return order.sendings.select_related("message", "by", "print").order_by("-pk")


def open_orders(user: User) -> QuerySet[PurchaseOrder]:
    """Orders within reach of which goods may still come, oldest first."""
    rows = PurchaseOrder.objects.visible_to(user).filter(state__in=OPEN_ORDERS)
    return rows.select_related("supplier__institution", "warehouse").order_by("pk")


def compared_listed(_user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[Product]:
    """The products the comparison is about: in use and supplied by somebody, by code (STK-020)."""
    supplied = Supply.objects.filter(product=OuterRef("pk"), active=True, supplier__active=True)
    return Product.objects.filter(Exists(supplied), active=True).order_by("code", "pk")


def compared(products: Sequence[Product], _user: User, at: datetime) -> Iterable[Compared]:
    """Products with the seven days up to yesterday, and what there is now, in all places; constant statements."""
    until = timezone.make_aware(datetime.combine(timezone.localdate(at), time.min))
    since = until - WEEK
    sold = _by_product(issued_to_customers(since, until))
    there = held_by_place(timezone.localdate(at))
    held = _by_product({key: one.usable - one.reserved for key, one in there.items()})
    transit = _by_product({key: one.coming for key, one in there.items()})
    waiting, coming = _by_product(demand_now(at)), on_order()
    period = Q(order__at__gte=since, order__at__lt=until)
    ordered = _sums(OrderLine.objects.filter(period), "supply__product", F("packs"))
    accepted = CountLine.objects.filter(count__acceptance_of__at__gte=since, count__acceptance_of__at__lt=until)
    delivered = _sums(accepted, "product", F("packs") + F("damaged"))
    return [
        Compared(
            one, ordered.get(one.pk, 0), delivered.get(one.pk, 0), sold.get(one.pk, 0), held.get(one.pk, 0),
            waiting.get(one.pk, 0), coming.get(one.pk, 0) + transit.get(one.pk, 0),
        )
        for one in products
    ]  # fmt: skip


def _by_product(packs: Mapping[tuple[int, int], int]) -> dict[int, int]:
    summed: dict[int, int] = {}
    for (_node, product), number in packs.items():
        summed[product] = summed.get(product, 0) + number
    return summed


def _sums(rows: QuerySet[OrderLine] | QuerySet[CountLine], product: str, packs: object) -> dict[int, int]:
    return dict(rows.order_by().values_list(product).annotate(all=Sum(packs)))
