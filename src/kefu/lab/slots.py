"""What the laboratory puts on the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.kinds import name_kind
from kefu.customers.erasing import REMOVE, erases, scrub, service
from kefu.customers.merging import repoint
from kefu.customers.models import Customer
from kefu.customers.subject_data import contribute, leave_out
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import access_of
from kefu.foundation.audit.trail import record_read
from kefu.foundation.slots.registry import CustomerTab, Hit, NavItem, SearchGroup, WorkItem, register, register_work
from kefu.lab.models import Order
from kefu.lab.permissions import LabPermission
from kefu.lab.presentation import order_rows
from kefu.lab.queries.addresses import order_url
from kefu.lab.queries.orders import found_by_number, orders_of
from kefu.lab.queries.reports import panel_for
from kefu.lab.queries.samples import awaited, overdue
from kefu.organisation.models import User

SHOWN = 100
AT_MOST = 200
COUNTED = 100
DAY_ENDS = time(17, 30)


def orders_panel(request: HttpRequest, customer: object) -> HttpResponse:
    """The tab 检测与报告: the customer's orders, and the reports the reader may open."""
    assert isinstance(customer, Customer)
    assert isinstance(request.user, User)
    at = request.at  # type: ignore[attr-defined]
    record_read("lab.orders.read", by=request.user, at=at, customer_id=customer.pk, node_id=customer.node_id)
    seen = Order.objects.visible_to(request.user)
    context = {
        "customer": customer,
        "rows": order_rows(orders_of(customer).filter(pk__in=seen)[:SHOWN], at),
        "may_place": allowed(request.user, LabPermission.ORDER_PLACE, customer=customer),
        "reports": panel_for(customer, request.user),
    }
    return render(request, "lab/panel.html", context)


def find_orders(user: User, text: str, limit: int) -> list[Hit]:
    """Orders by their number, a sample's or a kit's, within the person's scope."""
    if text[:1].upper() not in ("L", "S", "K") or len(text) < 3:
        return []
    return [
        Hit(order.number, f"{order.customer.name} · {order.get_status_display()}", order_url(order.pk))
        for order in found_by_number(text, user)[:limit]
    ]


def overdue_samples(user: User, at: datetime) -> Iterable[WorkItem]:
    """Samples that should have come in, for the health manager whose customer it is (LAB-010)."""
    if not access_of(user).may(LabPermission.SAMPLE_CHECK):
        return
    for row in awaited(user, at, overdue=True, own=True, permission=LabPermission.SAMPLE_CHECK, limit=AT_MOST):
        customer = row.order.customer
        age = customer.age(timezone.localdate(at))
        yield WorkItem(
            group="journey", label=_("收样"), icon="test-pipe", url=order_url(row.order.pk), verb=_("去联系"),
            what=str(_("%(count)s 件样本该到没到") % {"count": row.samples}), why=row.order.number,
            due_at=timezone.make_aware(datetime.combine(row.due_on, DAY_ENDS)), started_at=row.order.kit_issued_at,
            customer_id=customer.pk, customer_name=customer.name,
            customer_note=" ".join(part for part in (customer.get_sex_display(), str(age) if age is not None else "") if part),
        )  # fmt: skip


def overdue_count(user: User, at: datetime) -> int:
    """How many samples should have come in, beside the navigation."""
    return overdue(user, at, COUNTED)


contribute("lab.Order", "customer", _("检测单"), erase=scrub("note", "cancelled_reason", keep=("number",)))
contribute("lab.OrderItem", "order__customer", _("检测项目"), erase=scrub())
contribute("lab.OrderVersion", "order__customer", _("检测单版本"), erase=scrub("reason", keep=("details",)))
contribute("lab.Signature", "order__customer", _("检测单签字"), erase=scrub("signer_name", "voided_reason"))
contribute("lab.ReportPromise", "order__customer", _("报告承诺日期"), erase=scrub())
contribute("lab.KitIssue", "order__customer", _("检测盒发放"), erase=scrub("carrier", "waybill", "taken_back_reason"))
contribute("lab.KitIssueLine", "issue__order__customer", _("检测盒"), erase=scrub(keep=("barcode",)))
contribute("lab.Sample", "order__customer", _("样本"), erase=scrub("note", keep=("barcode",)))
contribute("lab.Consignment", "order__customer", _("送检"), erase=scrub(keep=("carrier", "waybill")))
contribute(
    "lab.ResultVersion",
    "order_item__order__customer",
    _("检测结果"),
    only=Q(
        order_item__reports__approved_at__gte=F("at")
    ),  # values of a report that waits for review are nobody's yet (SEC-004)
    erase=REMOVE,
)
contribute("lab.CriticalValue", "order__customer", _("危急值"), erase=REMOVE)
contribute("lab.Report", "order__customer", _("报告"), erase=scrub())
contribute(
    "lab.ReviewDecision",
    "report__order__customer",
    _("报告审核"),
    only=Q(report__approved_at__isnull=False),
    erase=REMOVE,
)
contribute("lab.OverallText", "report__order__customer", _("总检报告"), erase=REMOVE)
contribute("lab.PaperReport", "report__order__customer", _("纸质报告"), erase=REMOVE)
contribute("lab.Handover", "report__order__customer", _("报告发放"), erase=REMOVE)
contribute("lab.Interpretation", "report__order__customer", _("报告解读"), erase=REMOVE)
leave_out("lab.Message", "what it says stands in the results; one message may speak of several customers")
leave_out("lab.OverallDraft", "what is still being written is no report yet (SEC-004)")
leave_out("lab.Message_orders", "joins messages and orders")
leave_out("lab.PaperReport_results", "joins paper reports and results")
SENT = (
    "peer",
    "application",
    "facility",
    "control_id",
    "type",
    "charset",
    "acknowledged",
    "error_code",
    "reason",
    "sha256",
)
erases("lab.Message", "orders__customer", scrub("raw", "details", "answer", "handled_reason", keep=SENT))
erases("lab.OverallDraft", "report__order__customer", REMOVE)
erases("lab.Message_orders", "order__customer", scrub())
erases("lab.PaperReport_results", "paperreport__report__order__customer", REMOVE)
for model, path, moment in (
    ("Order", "customer", "placed_at"), ("Report", "order__customer", "arrived_at"), ("Interpretation", "report__order__customer", "at"),
):  # fmt: skip
    service(f"lab.{model}", path, moment)
register(
    CustomerTab("lab", _("检测与报告"), 40, LabPermission.ORDER_VIEW, orders_panel),
    SearchGroup("lab", _("检测单与样本"), 30, LabPermission.ORDER_VIEW, find_orders),
    NavItem("today", 30, _("收样"), "test-pipe", "lab:check_in", LabPermission.SAMPLE_CHECK, "s", overdue_count),
)
register_work("lab-samples", overdue_samples)
repoint("lab.Order", "customer", _("检测单"))
name_kind("lab.order", _("检测"))
