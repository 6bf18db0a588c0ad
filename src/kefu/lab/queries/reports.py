"""What there is to know of reports: existence for many, content for few (LAB-008, SEC-004)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.checks import allowed
from kefu.kernel.ids import ident
from kefu.lab.choices import ReportKind, ReportStatus
from kefu.lab.models import Handover, Order, OrderItem, Report
from kefu.lab.models.reports import TO_REVIEW
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import order_url
from kefu.lab.queries.results import Incomplete, incomplete
from kefu.organisation.models import User
from kefu.products.models import TestItem

PREFIX = "rep"
PANEL = 100


@dataclass(frozen=True)
class Retest:
    """A test to be repeated so many months after its report (LAB-010)."""

    item: TestItem
    months: int


@dataclass(frozen=True)
class PanelRow:
    """A report as the customer's page lists it; without `url` the reader knows only that it exists."""

    report: Report
    named: bool
    url: str


@dataclass(frozen=True)
class Panel:
    """The reports of a customer as one reader may know them, and what the laboratory still owes."""

    rows: Sequence[PanelRow]
    incomplete: Sequence[Incomplete]


@dataclass(frozen=True)
class Overdue:
    """An order whose promised report day has passed without all reports."""

    order: Order
    due_on: date
    days_late: int


def reports_of(order: Order) -> list[dict[str, object]]:
    """The current reports of an order as the API lists them: id, kind, status. Never content."""
    return [
        {"id": ident(PREFIX, report.pk), "kind": report.kind, "status": report.status}
        for report in order.reports.current().order_by("pk")
    ]


def panel_for(customer: Customer, user: User) -> Panel:
    """What the customer's page shows of reports: colleagues without a right to the content see that reports exist."""
    mine = Report.objects.filter(order__customer=customer).current()
    rows = list(mine.select_related("order", "order_item__item").order_by("-order__placed_at", "kind", "pk")[:PANEL])
    readable = set(mine.readable_by(user).values_list("pk", flat=True))
    named = allowed(user, LabPermission.ORDER_VIEW, customer=customer)
    urls = {report.pk: reverse("lab:report", args=[report.pk]) for report in rows if report.pk in readable}
    owed = _incomplete(customer) if allowed(user, LabPermission.REPORT_UNREVIEWED, customer=customer) else []
    return Panel([PanelRow(report, named, urls.get(report.pk, "")) for report in rows], owed)


def _incomplete(customer: Customer) -> list[Incomplete]:
    lines = OrderItem.objects.filter(
        order__customer=customer,
        removed_in__isnull=True,
        order__testing_since__isnull=False,
        order__released_at__isnull=True,
    ).select_related("item", "order")
    return incomplete(list(lines))


def retests_due(order: Order | int) -> list[Retest]:
    """The items of an order that are to be repeated, with their cycle in months (LAB-010)."""
    lines = OrderItem.objects.filter(
        order=order, removed_in__isnull=True, item__repeat_months__isnull=False
    ).select_related("item")
    return [
        Retest(line.item, line.item.repeat_months) for line in lines.order_by("position") if line.item.repeat_months
    ]


def receipt_of(order: Order | int) -> date | None:
    """The day the customer received the paper report that counts, if known (LAB-009)."""
    rows = Handover.objects.filter(report__order=order).exclude(report__status=ReportStatus.SUPERSEDED)
    last = rows.order_by("-pk").first()
    return last.received_on if last else None


def overdue_reports(user: User, at: datetime, limit: int = 200) -> list[Overdue]:
    """Orders in testing whose promised day has passed and of which reports are missing, the latest first (LAB-010)."""
    today = timezone.localdate(at)
    arrived = Report.objects.filter(order_item=OuterRef("pk"), status__in=[*TO_REVIEW, ReportStatus.APPROVED])
    missing = OrderItem.objects.filter(order=OuterRef("pk"), removed_in__isnull=True).exclude(Exists(arrived))
    orders = (
        Order.objects.filter(
            customer_scope(user, LabPermission.REPORT_APPROVE, "customer__"), Exists(missing), promised_due__lt=today,
            testing_since__isnull=False, released_at__isnull=True, cancelled_at__isnull=True,
        )
        .select_related("customer", "node", "doctor").order_by("promised_due", "id")
    )  # fmt: skip
    late = [(order, order.promised_due) for order in orders[:limit]]
    return [Overdue(order, due, (today - due).days) for order, due in late if due is not None]


def next_page(customer: Customer, user: User) -> str:
    """Where the customer's reports go on for this person: the review desk, the overall report, else the order."""
    orders = Order.objects.filter(customer=customer, cancelled_at__isnull=True, testing_since__isnull=False)
    open_ = orders.filter(interpreted_at__isnull=True).order_by("-placed_at", "-id").first()
    order = open_ or orders.order_by("-placed_at", "-id").first()
    if order is None:
        return reverse("customers:page", args=[customer.pk])
    waiting = order.reports.filter(status__in=TO_REVIEW).order_by("due_at", "pk").first()
    if waiting is not None and allowed(user, LabPermission.REPORT_APPROVE, customer=customer):
        return reverse("lab:review", args=[waiting.pk])
    overall = order.reports.current().readable_by(user).filter(kind=ReportKind.OVERALL).first()
    return reverse("lab:report", args=[overall.pk]) if overall else order_url(order.pk)
