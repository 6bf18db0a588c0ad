"""What follow-ups add to the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.erasing import scrub
from kefu.customers.merging import Joining, combine
from kefu.customers.models import Customer
from kefu.customers.subject_data import contribute
from kefu.followup.birthdays import owed_greetings
from kefu.followup.bulk import BULK, FOLLOWUPS
from kefu.followup.choices import FollowUpState
from kefu.followup.models import FollowUp, PushRecipient
from kefu.followup.permissions import FollowUpPermission
from kefu.followup.queries import end_of, mine_due
from kefu.followup.sentences import MERGED
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.lists.specs import register_bulk, register_list
from kefu.foundation.slots.registry import CustomerTab, NavItem, WorkItem, register, register_work
from kefu.journey.pages import step_page
from kefu.organisation.models import User

SHOWN = 200
TOPIC = ("kind", "code", "subject_kind", "subject_id")


def panel(request: StaffRequest, customer: object) -> HttpResponse:
    """The tab 回访: what is planned and what came of it."""
    person = cast(Customer, customer)
    rows = FollowUp.objects.visible_to(request.user).filter(customer=person).select_related("taken_by")
    rows = rows.order_by("due_at")[:SHOWN]
    return render(
        request,
        "followup/panel.html",
        {"follow_ups": rows, "customer": person, "open": any(row.state == "open" for row in rows)},
    )


def owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """Contacts due until the end of today."""
    if not access_of(user).may(FollowUpPermission.CONTACT):
        return
    for row in mine_due(user, end_of(timezone.localdate(at)))[:SHOWN]:
        tried = _("已打 %(n)d 次") % {"n": row.attempts} if row.attempts else ""
        yield WorkItem(
            group="followup", label=row.get_kind_display(), icon="phone-call", what=row.topic, why=str(tried), verb=_("打电话"),
            url=reverse("followup:follow_up", args=[row.pk]), due_at=row.due_at, started_at=row.planned_at,
            customer_id=row.customer_id, customer_name=row.customer.name,
        )  # fmt: skip


def congratulations(user: User, at: datetime) -> Iterable[WorkItem]:
    """Birthdays of own customers, today and shortly, until somebody spoke to them (FUP-007)."""
    for one in owed_greetings(user, at):
        yield WorkItem(
            group="followup", label=_("生日"), icon="cake", verb=_("祝贺"), what=one.lunar or f"{one.day:%m-%d}",
            url=reverse("contact_new", args=[one.customer.pk]), due_at=end_of(one.day), started_at=at,
            customer_id=one.customer.pk, customer_name=one.customer.name,
        )  # fmt: skip


def unite_recipients(joining: Joining) -> None:
    """What a merged customer was sent stays with that one where the surviving one was sent the same."""
    mine = PushRecipient.objects.filter(customer_id=joining.survivor_id).values("push")
    joining.set(
        PushRecipient.objects.filter(customer_id=joining.merged_id).exclude(push__in=mine),
        customer_id=joining.survivor_id,
    )


def unite(joining: Joining) -> None:
    """All contacts move to the surviving customer; what both are to be asked about is asked once."""
    mine = FollowUp.objects.filter(customer_id=joining.survivor_id, state=FollowUpState.OPEN)
    planned = set(mine.values_list(*TOPIC))
    theirs = FollowUp.objects.filter(customer_id=joining.merged_id)
    rows = theirs.filter(state=FollowUpState.OPEN).values_list("pk", *TOPIC)
    twice = [pk for pk, *topic in rows if tuple(topic) in planned]
    joining.set(theirs.filter(pk__in=twice), state=FollowUpState.STOPPED.value, reason=MERGED.code)
    joining.set(theirs, customer_id=joining.survivor_id)


contribute(
    "followup.FollowUp", "customer", _("回访"), erase=scrub("reason", keep=("code", "said", "values", "subject_kind"))
)
contribute("followup.PushRecipient", "customer", _("推送"), erase=scrub())
contribute("followup.FollowUpMove", "follow_up__customer", _("回访改期"), erase=scrub("reason"))
register(
    CustomerTab("followups", _("回访"), 50, FollowUpPermission.VIEW, panel, pooled=True),
    NavItem("customers", 70, _("生日"), "cake", "followup:birthdays", FollowUpPermission.VIEW),
    NavItem("customers", 75, _("活动推送"), "send", "followup:pushes", FollowUpPermission.PUSH_VIEW),
    NavItem("today", 50, _("回访"), "phone-call", "followup:due", FollowUpPermission.VIEW, "f"),
)
register_list(FOLLOWUPS)
register_bulk(*BULK)
register_work("followup", owed)
register_work("followup.birthdays", congratulations)
step_page("followup.ContactMade", lambda customer_id: reverse("customers:tab", args=[customer_id, "followups"]))
combine("followup.FollowUp", "customer", unite, _("回访"))
combine("followup.PushRecipient", "customer", unite_recipients, _("推送"))
