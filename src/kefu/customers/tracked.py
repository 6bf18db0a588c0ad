"""How standings look: on the list of due entries, on the workbench and on the customer page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kefu.customers.choices import Grade, Stage
from kefu.customers.limits import GRADE_MONTHS, TRACKING_DAYS
from kefu.customers.models import Customer, Standing
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.queries.standing import Urgencies, assessments, deals, own_trackings
from kefu.customers.standing_forms import ClassesForm, DealCheckForm, DealForm, RungForm, TrackingForm
from kefu.customers.worth_tab import worth_card
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.slots.registry import WorkItem
from kefu.foundation.ui.http import Keyset, now
from kefu.foundation.ui.inputs import Verb, WorkRow
from kefu.foundation.ui.wording import clock
from kefu.organisation.models import User

SHOWN = 200
LINES = 20


def moments(standing: Standing) -> tuple[datetime, datetime]:
    """The end of the day an entry is due on, and the beginning of the day of the last one."""
    here = timezone.get_default_timezone()
    return (
        datetime.combine(standing.due_on, time.max, here),
        datetime.combine(standing.tracked_on, time.min, here),
    )


def words_of(standing: Standing, urgencies: Urgencies) -> str:
    """Need, deal, importance and urgency in one line."""
    urgency = urgencies.of(standing.expected_on)
    parts = [standing.get_demand_display(), standing.get_deal_state_display(), standing.get_importance_display()]
    return " · ".join(str(part) for part in (*parts, urgency.label if urgency else "") if part)


def rows_of(standings: Iterable[Standing], user: User, at: datetime) -> list[WorkRow]:
    """Standings with their customers as rows of things owed."""
    urgencies, writes = Urgencies(at), access_of(user).may(CustomerPermission.GRADING_TRACK)
    return [_row(standing, urgencies, at, writes=writes) for standing in standings]


def _row(standing: Standing, urgencies: Urgencies, at: datetime, *, writes: bool) -> WorkRow:
    due, started = moments(standing)
    owner = standing.customer.health_manager
    last = _("上次 %(day)s") % {"day": date_format(standing.tracked_on, _("n月j日"))}
    url = tab_url(standing.customer_id)
    return WorkRow(
        clock=clock(due, started, at), kind=_("%(grade)s · 每 %(days)d 天") % {"grade": Grade(standing.grade).label, "days": (standing.due_on - standing.tracked_on).days},
        kind_icon="target", customer=view_of(standing.customer, at), what=words_of(standing, urgencies),
        why=" · ".join((owner.name if owner else _("未分配"), last)), verb=Verb(_("写追踪") if writes else _("看追踪"), url, primary=writes and due < at), key=url,
    )  # fmt: skip


def owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """Tracking entries due until the end of today, for the workbench (NFR-004)."""
    if not access_of(user).may(CustomerPermission.GRADING_TRACK):
        return
    found = list(own_trackings(user, timezone.localdate(at))[:SHOWN])
    urgencies = Urgencies(at)
    for standing in found:
        due, started = moments(standing)
        yield WorkItem(
            group="tracking", label=_("追踪"), icon="target", what=words_of(standing, urgencies), url=tab_url(standing.customer_id),
            why=str(Grade(standing.grade).label), verb=_("写追踪"), due_at=due, started_at=started, customer_id=standing.customer_id,
            customer_name=standing.customer.name,
        )  # fmt: skip


def tab_url(customer_id: int) -> str:
    """Where a customer's entries are read and written."""
    return reverse("customers:tab", args=[customer_id, "standing"])


def standing_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """追踪与分级: grade and classes, the tracking log, deals, and the ladder while it is a lead (CUS-012 to CUS-016, CUS-030, CUS-035)."""
    person, user, at = cast(Customer, customer), request.user, now(request)
    standing = Standing.objects.filter(customer=person).first()
    keyset = Keyset(assessments(person), order=("-at", "-id"), size=LINES, cursor=request.GET.get("after", ""))
    urgencies = Urgencies(at)
    may = allowed(user, CustomerPermission.GRADING_TRACK, customer=person) and person.stage != Stage.CLOSED
    context = {
        "customer": person, "standing": standing, "keyset": keyset, "may": may, "now": at,
        "urgency": urgencies.of(standing.expected_on) if standing else None,
        "clock": clock(*moments(standing), at) if standing else None,
        "rows": [(entry, urgencies.of(entry.expected_on, timezone.localdate(entry.at))) for entry in keyset.rows],
        "deals": deals(person), "may_check": allowed(user, CustomerPermission.DEAL_CHECK, customer=person),
        "explained": _explained(person, at), **worth_card(person), **_forms(person, standing),
    }  # fmt: skip
    return render(request, "customers/standing.html", context)


def _forms(customer: Customer, standing: Standing | None) -> dict[str, object]:
    kept = {"deal_state": "potential", "importance": "ordinary"}
    if standing:
        kept = {name: getattr(standing, name) for name in ("deal_state", "importance", "closable_amount")}
    known = kept | ({"demand": standing.demand, "expected_on": standing.expected_on} if standing else {})
    return {
        "tracking_form": TrackingForm(initial=kept, auto_id="track_%s"), "deal_check_form": DealCheckForm(auto_id=False),
        "classes_form": ClassesForm(initial=known, auto_id="classes_%s"), "deal_form": DealForm(auto_id="deal_%s"),
        "rung_form": RungForm(initial={"rung": customer.rung}, auto_id="rung_%s") if customer.stage == Stage.LEAD else None,
    }  # fmt: skip


def _explained(customer: Customer, at: datetime) -> list[str]:
    """What each grade means, with the numbers that hold."""
    months, days = GRADE_MONTHS.on(at, node_id=customer.node_id), TRACKING_DAYS.on(at, node_id=customer.node_id)
    needs = [_("需求明确，%(months)d 个月内成交") % {"months": window} for window in months[:3]]
    needs += [_("需求潜在，或更晚才成交"), _("没有需求或机会")]
    every = _("%(grade)s：%(need)s，至少每 %(days)d 天追踪一次")
    return [
        every % {"grade": grade.label, "need": need, "days": gap}
        for grade, need, gap in zip(Grade, needs, days, strict=False)
    ]
