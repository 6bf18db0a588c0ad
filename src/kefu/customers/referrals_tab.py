"""The tab of referrals, their work items, and how they look."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime
from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Moment, PromptState, ReferralStatus, Stage
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.referrals import known_to, own_prompts, plans_for, totals
from kefu.customers.referrals_forms import ReferForm, SettleForm, StepForm
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.slots.registry import WorkItem
from kefu.foundation.ui.http import Keyset, now
from kefu.foundation.ui.inputs import Status
from kefu.organisation.models import User

SHOWN = 100
LINES = 30
LOOK = {
    ReferralStatus.NAMED: Status("quiet", "user-plus", ReferralStatus.NAMED.label),
    ReferralStatus.REACHED: Status("move", "phone", ReferralStatus.REACHED.label),
    ReferralStatus.VISITED: Status("accent", "home", ReferralStatus.VISITED.label),
    ReferralStatus.CLOSED: Status("done", "check", ReferralStatus.CLOSED.label),
    ReferralStatus.LOST: Status("pause", "x", ReferralStatus.LOST.label),
}


def referrals_url(customer_id: int) -> str:
    """Where a customer's referrals are read and written."""
    return reverse("customers:tab", args=[customer_id, "referrals"])


def name_of(customer: Customer, known: Container[int]) -> object:
    """The name, for those who may see the customer."""
    return (customer.name or _("未留姓名")) if customer.pk in known else _("不在您的范围内")


def asked(user: User, at: datetime) -> Iterable[WorkItem]:
    """Customers to ask for a referral, for the workbench (CUS-027)."""
    if not access_of(user).may(CustomerPermission.GRADING_TRACK):
        return
    for prompt in own_prompts(user)[:SHOWN]:
        yield WorkItem(
            group="tracking", label=_("转介绍"), icon="users-group", what=str(Moment(prompt.moment).label), url=referrals_url(prompt.customer_id),
            verb=_("请客户介绍"), started_at=prompt.at, customer_id=prompt.customer_id, customer_name=prompt.customer.name,
        )  # fmt: skip


def referrals_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """转介绍: whom the customer brought, by whom he or she was brought, what came of it, and the thanks (CUS-026, CUS-027)."""
    person, user, at = cast(Customer, customer), request.user, now(request)
    brought = person.referrals.select_related("referred", "reward", "by").prefetch_related("steps__by")
    keyset = Keyset(brought, order=("-on", "-id"), size=LINES, cursor=request.GET.get("after", ""))
    may = allowed(user, CustomerPermission.GRADING_TRACK, customer=person) and person.stage != Stage.CLOSED
    brought_by = list(person.referred_by.select_related("referrer")[:LINES])
    known = known_to(user, [*(one.referred_id for one in keyset.rows), *(one.referrer_id for one in brought_by)])
    offered = list(plans_for(person))
    context = {
        "customer": person, "keyset": keyset, "totals": totals(person.referrals.all()), "may": may, "now": at,
        "rows": [
            (one, name_of(one.referred, known), LOOK[ReferralStatus(one.came_to)], [plan for plan in offered if plan.holds_on(one.on)])
            for one in keyset.rows
        ],
        "brought_by": [(one, name_of(one.referrer, known)) for one in brought_by],
        "prompt": person.referral_prompts.filter(state=PromptState.OPEN).first(),
        "refer_form": ReferForm(auto_id="refer_%s", initial={"on": timezone.localdate(at)}), "step_form": StepForm(auto_id=False),
        "settle_form": SettleForm(auto_id="settle_%s"),
    }  # fmt: skip
    return render(request, "customers/referrals_tab.html", context)
