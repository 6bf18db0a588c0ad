"""What billing puts on the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing import queries
from kefu.billing.limits import CLOSE_HOURS
from kefu.billing.models import Payment
from kefu.billing.permissions import BillingPermission
from kefu.customers.erasing import scrub
from kefu.customers.merging import repoint
from kefu.customers.models import Customer
from kefu.customers.subject_data import contribute
from kefu.foundation.access.checks import allowed
from kefu.foundation.audit.trail import record_read
from kefu.foundation.slots.registry import CustomerTab, NavItem, WorkItem, register, register_work
from kefu.organisation.models import User

SHOWN = 200


def charges_panel(request: HttpRequest, customer: object) -> HttpResponse:
    """The tab 收费: what is due and what was cancelled, newest first."""
    assert isinstance(customer, Customer)
    assert isinstance(request.user, User)
    at = request.at  # type: ignore[attr-defined]
    record_read("billing.charges.read", by=request.user, at=at, customer_id=customer.pk, node_id=customer.node_id)
    account = queries.standing_of(queries.charges_of(customer))
    payments = Payment.objects.filter(customer=customer).select_related("by").order_by("-id")[:SHOWN]
    may_take = allowed(request.user, BillingPermission.PAYMENT_TAKE, customer=customer)
    context = {
        "customer": customer,
        "account": account,
        "consumption": queries.consumption_of(customer),
        "charges": account.lines[:SHOWN],
        "payments": payments,
        "may_take": may_take,
    }
    return render(request, "billing/panel.html", context)


def days_to_close(user: User, at: datetime) -> Iterable[WorkItem]:
    """For those who take money: desks whose day nobody closed the evening before, and counts that wait for a second person."""
    if not allowed(user, BillingPermission.DAY_CLOSE):
        return
    for desk in queries.desks_to_close(user, at)[:SHOWN]:
        morning = timezone.make_aware(datetime.combine(desk.oldest + timedelta(days=1), time()))  # type: ignore[attr-defined]
        yield WorkItem(
            group="notice", label=_("日结"), icon="cash", verb=_("去日结"), url=reverse("billing:close_new", args=[desk.pk]),
            what=str(_("%(day)s 还没有日结") % {"day": desk.oldest.isoformat()}), why=desk.label,  # type: ignore[attr-defined]
            due_at=morning + timedelta(hours=CLOSE_HOURS.on(at, node_id=desk.node_id)),
        )  # fmt: skip
    for close in queries.closes_to_confirm(user)[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("日结"), icon="check", verb=_("去确认"), url=reverse("billing:close", args=[close.pk]),
            what=str(_("%(number)s 等第二个人确认接班") % {"number": close.number}), why=close.desk.label, started_at=close.at,
        )  # fmt: skip


contribute(
    "billing.Charge", "customer", _("收费"), erase=scrub("reason", keep=("number", "subject_kind", "said", "values"))
)
contribute(
    "billing.Payment", "customer", _("收款"), erase=scrub("reason", keep=("number", "reference", "key", "asked"))
)
contribute("billing.PaymentLine", "payment__customer", _("收款明细"), erase=scrub())
contribute(
    "billing.Refund", "payment__customer", _("退款"), erase=scrub("reason", "dropped_why", keep=("number", "reference"))
)
contribute("billing.RefundLine", "refund__payment__customer", _("退款明细"), erase=scrub())
register(
    CustomerTab("charges", _("收费"), 70, BillingPermission.CHARGE_VIEW, charges_panel),
    NavItem("today", 60, _("收银日报"), "cash", "billing:payments", BillingPermission.PAYMENT_VIEW),
    NavItem("today", 61, _("退款"), "arrow-back-up", "billing:refunds", BillingPermission.PAYMENT_VIEW),
    NavItem("today", 62, _("日结"), "clipboard-list", "billing:closes", BillingPermission.DAY_VIEW),
    NavItem("management", 46, _("收银台"), "receipt", "billing:desks", BillingPermission.DESK_OPEN),
)
register_work("billing.closes", days_to_close)
repoint("billing.Charge", "customer", _("收费"))
repoint("billing.Payment", "customer", _("收款"))
