"""What prepaid packages put on the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.kinds import name_kind
from kefu.billing.limits import PREPAID_WEEK_DAYS
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.prepaid import lows_to_handle, prepaid_listed
from kefu.billing.queries.weeks import WEEK, weeks_to_confirm, weeks_to_reconcile
from kefu.customers.erasing import scrub
from kefu.customers.merging import repoint
from kefu.customers.models import Customer
from kefu.customers.subject_data import contribute
from kefu.foundation.access.checks import allowed
from kefu.foundation.audit.trail import record_read
from kefu.foundation.slots.registry import CustomerTab, NavItem, WorkItem, register, register_work
from kefu.organisation.models import User

SHOWN = 100


def prepaid_panel(request: HttpRequest, customer: object) -> HttpResponse:
    """The tab 课包: the customer's packages, the newest first."""
    assert isinstance(customer, Customer)
    assert isinstance(request.user, User)
    at = request.at  # type: ignore[attr-defined]
    record_read("billing.prepaid.read", by=request.user, at=at, customer_id=customer.pk, node_id=customer.node_id)
    rows = prepaid_listed(request.user, {}, at).filter(customer=customer).order_by("-id")
    context = {
        "customer": customer,
        "packages": rows[:SHOWN],
        "today": timezone.localdate(at),
        "may_sell": allowed(request.user, BillingPermission.PREPAID_SELL, customer=customer),
    }
    return render(request, "billing/prepaid_panel.html", context)


def low_packages(user: User, at: datetime) -> Iterable[WorkItem]:
    """For the customer's health manager: items of which little is left, until somebody says what came of it."""
    for low in lows_to_handle(user, at)[:SHOWN]:
        prepaid = low.prepaid
        yield WorkItem(
            group="sales", label=_("续费"), icon="cash", verb=_("去处理"), url=reverse("billing:prepaid", args=[prepaid.pk]),
            what=str(_("%(item)s 只剩 %(left)s") % {"item": prepaid.item, "left": low.usable}), why=prepaid.number,  # type: ignore[attr-defined]
            started_at=low.at, customer_id=prepaid.customer_id, customer_name=prepaid.customer.name,
        )  # fmt: skip


def weeks_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """For those who reconcile: weeks that are over and nobody reconciled, and sheets that wait for a second person."""
    if not allowed(user, BillingPermission.PREPAID_RECONCILE):
        return
    days: dict[int, int] = {}
    for one in weeks_to_reconcile(user, at, most=SHOWN):
        if one.node.pk not in days:
            days[one.node.pk] = PREPAID_WEEK_DAYS.on(at, node_id=one.node.pk)
        morning = timezone.make_aware(datetime.combine(one.monday + WEEK, time()))
        yield WorkItem(
            group="notice", label=_("对课"), icon="clipboard-list", verb=_("去对课"),
            url=reverse("billing:week_new", args=[one.node.pk, one.monday.isoformat()]),
            what=str(_("%(monday)s 那一周还没有对课") % {"monday": one.monday.isoformat()}), why=one.node.label, started_at=morning,
            due_at=morning + timedelta(days=days[one.node.pk]),
        )  # fmt: skip
    for week in weeks_to_confirm(user)[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("对课"), icon="check", verb=_("去确认"), url=reverse("billing:week", args=[week.pk]),
            what=str(_("%(number)s 的差异等第二个人确认") % {"number": week.number}), why=week.node.label, started_at=week.at,
        )  # fmt: skip


PACKAGE = "prepaid__customer"
contribute("billing.Prepaid", "customer", _("课包"), erase=scrub(keep=("number", "item", "key", "asked")))
contribute(
    "billing.PrepaidEntry", PACKAGE, _("课包明细"), erase=scrub("reason", "signature", keep=("item", "key", "asked"))
)
contribute("billing.PrepaidFreeze", PACKAGE, _("冻课"), erase=scrub("reason"))
contribute("billing.PrepaidLow", PACKAGE, _("续费提醒"), erase=scrub("outcome"))
contribute("billing.PrepaidWeekLine", PACKAGE, _("对课明细"), erase=scrub("note"))
repoint("billing.Prepaid", "customer", _("课包"))
name_kind("billing.prepaid", _("课包"))
register(
    CustomerTab("prepaid", _("课包"), 72, BillingPermission.PREPAID_VIEW, prepaid_panel),
    NavItem("today", 63, _("课包"), "package", "billing:prepaids", BillingPermission.PREPAID_VIEW),
    NavItem("today", 64, _("对课"), "clipboard-list", "billing:weeks", BillingPermission.PREPAID_VIEW),
)
register_work("billing.prepaid_low", low_packages)
register_work("billing.prepaid_weeks", weeks_owed)
