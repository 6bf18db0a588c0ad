"""Pages of birthdays and of festivals."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.customers.queries.listing import owners_in
from kefu.followup.actions.greetings import switch_festival
from kefu.followup.birthdays import greetable, upcoming
from kefu.followup.models import FestivalGreeting
from kefu.followup.permissions import FollowUpPermission
from kefu.followup.push_forms import BirthdayForm
from kefu.followup.queries.pushes import forecast
from kefu.followup.rights import sends_for
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import EVERYWHERE, access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.foundation.worktime.models import Festival
from kefu.foundation.worktime.queries import festival_in
from kefu.messaging.actions.templates import open_template
from kefu.organisation.choices import Level
from kefu.organisation.models import Node, User


@require_GET
@needs(FollowUpPermission.VIEW)
def birthdays(request: StaffRequest) -> HttpResponse:
    """Whose birthday is kept in the next days, by centre and health manager (FUP-007)."""
    user, today = request.user, timezone.localdate(request.at)
    asked = {"days": "7", **{name: value for name, value in request.GET.items() if value}}
    managers = [(one.pk, one.name) for one in owners_in(user, "health_manager")]
    form = BirthdayForm(asked, nodes=_places(user), managers=managers)
    found = form.cleaned_data if form.is_valid() else {}
    rows = upcoming(user, today, found.get("days", 7), node=found.get("node"), manager=found.get("manager"))
    return page(request, "followup/birthdays.html", {"form": form, "rows": rows, "today": today})


@require_GET
@needs(FollowUpPermission.PUSH_VIEW)
def festivals(request: StaffRequest) -> HttpResponse:
    """The festivals, whether customers are greeted at them, and when next."""
    on = {one.festival: one for one in FestivalGreeting.objects.select_related("by")}
    today = timezone.localdate(request.at)
    rows = sorted(
        ((_next(one, today), one, on.get(one.code)) for one in Festival.objects.all()), key=lambda row: row[0]
    )
    return page(
        request, "followup/festivals.html", {"rows": rows, "may": sends_for(request.user, request.user.node_id)}
    )


@require_GET
@needs(FollowUpPermission.PUSH_VIEW)
def festival(request: StaffRequest, code: str) -> HttpResponse:
    """One festival: the words, how many customers and whom, and the switch."""
    found = get_object_or_404(Festival, code=code)
    switch = FestivalGreeting.objects.filter(festival=code).select_related("by").first()
    template = open_template(code=found.greeting_template, by=request.user, at=request.at)
    context = {
        "festival": found, "switch": switch, "next": _next(found, timezone.localdate(request.at)), "may": sends_for(request.user, request.user.node_id),
        "forecast": forecast(greetable(), template, request.at), "words": template.zh,
    }  # fmt: skip
    return page(request, "followup/festival.html", context)


@require_POST
@needs(FollowUpPermission.PUSH)
def festival_switch(request: StaffRequest, code: str) -> HttpResponseBase:
    """Greet at a festival from now on, or no more."""
    found, on = get_object_or_404(Festival, code=code), bool(request.POST.get("on"))
    return act(
        request,
        lambda: switch_festival(festival=found, on=on, by=request.user, at=request.at),
        success=_("到节日会自动问候。") if on else _("这个节日不再自动问候。"),
        to=reverse("followup:festival", args=[code]),
    )


def _next(festival: Festival, today: date) -> date:
    days = [festival_in(festival, year) for year in (today.year - 1, today.year, today.year + 1)]
    return min((day for day in days if day - timedelta(days=festival.lead_days) >= today), default=days[-1])


def _places(user: User) -> list[tuple[int, str]]:
    reach = access_of(user).reach(FollowUpPermission.VIEW)
    nodes, places = reach.nodes(Level.VIEW), Node.objects.filter(closed_on__isnull=True)
    seen = places if nodes is EVERYWHERE else places.filter(pk__in=nodes | reach.own)
    return [(one.pk, one.label) for one in seen]
