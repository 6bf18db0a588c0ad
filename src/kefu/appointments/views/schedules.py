"""The clinic schedule: the week at a centre, weekly hours, leave, extra hours, closed days, equipment."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.appointments import actions
from kefu.appointments.amendments import continued_sessions, of_change, of_end
from kefu.appointments.forms.schedules import (
    ChangeForm,
    EndForm,
    HoursForm,
)
from kefu.appointments.models import ClinicSchedule, Equipment, ScheduleException
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.types import spoken
from kefu.appointments.queries.weeks import week_of
from kefu.appointments.views.amending import KEEP, Data, amend, asked, places, plain
from kefu.appointments.views.choosing import chosen_day, nodes_for
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import page
from kefu.foundation.worktime.models import ClosedDay
from kefu.kernel.ids import parse_number

VIEW = AppointmentPermission.SCHEDULE_VIEW
WEEK = timedelta(days=7)


@needs(VIEW)
def schedule(request: StaffRequest) -> HttpResponse:
    """A week at a centre by doctor, and everything it is made of."""
    nodes = nodes_for(request.user, VIEW).order_by("code")
    asked = parse_number(request.GET.get("node")) or request.user.node_id
    node = nodes.filter(pk=asked).first() or nodes.first()
    day = chosen_day(request)
    first, today = day - timedelta(days=day.weekday()), timezone.localdate(request.at)
    rows = ClinicSchedule.objects.filter(node=node).select_related("doctor", "room", "equipment", "by", "replaces")
    rows = rows.order_by("doctor__job_number", "weekday", "opens", "valid_from")
    found, keeps = spoken(rows), access_of(request.user)
    context = {
        "nodes": nodes, "node": node, "today": today, "first": first, "last": first + timedelta(days=6),
        "before": first - WEEK, "after": first + WEEK, "week": week_of(node, first, request.user) if node else None,
        "rows": [row for row in found if row.valid_to is None or row.valid_to > today],
        "ended": [row for row in found if row.valid_to is not None and row.valid_to <= today],
        "exceptions": ScheduleException.objects.filter(node=node, day__gte=today).select_related("doctor", "room", "by")[:200],
        "closed": ClosedDay.objects.filter(node=node, day__gte=today), "equipment": Equipment.objects.filter(node=node),
        "keeps_all": node is not None and keeps.may_at(KEEP, node.pk),
        "keeps": keeps.persons if node is not None and keeps.may_in(KEEP, node.pk) else (),
    }  # fmt: skip
    return page(request, "appointments/schedule.html", context)


@needs(KEEP)
def hours_new(request: StaffRequest) -> HttpResponseBase:
    """Weekly hours."""
    form = HoursForm(
        request.POST or None,
        initial={"valid_from": timezone.localdate(request.at), **asked(request)},
        **places(request),
    )
    return plain(request, form, _("加出诊时间"), _("加上"), _("出诊时间已加。"),
                  lambda: actions.add_hours(**form.cleaned_data, by=request.user, at=request.at))  # fmt: skip


@needs(KEEP)
def hours_change(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Other hours from a day on."""
    row = _row(request, pk)
    names = (
        "weekday",
        "opens",
        "closes",
        "slot_minutes",
        "types",
        "capacity",
        "buffer_before",
        "buffer_after",
        "room",
        "equipment",
    )
    start = max(timezone.localdate(request.at) + timedelta(days=1), row.valid_from)
    form = ChangeForm(
        request.POST or None, node=row.node, initial={name: getattr(row, name) for name in names} | {"since": start}
    )

    def instead(data: Data) -> ClinicSchedule:
        given = {name: data[name] for name in names}
        made = ClinicSchedule(doctor=row.doctor, node=row.node, valid_to=row.valid_to, **given)
        made.valid_from = max(data["since"], row.valid_from)
        made.sessions_of_id = continued_sessions(row, made)
        return made

    return amend(
        request, form, title=_("改出诊时间"), submit=_("改"), success=_("出诊时间已改。"), note=_said(row),
        plan=lambda data: of_change(row, instead(data), data["reason"], by=request.user),
        run=lambda data, decisions: actions.change_hours(hours=row, **data, decisions=decisions, by=request.user, at=request.at),
    )  # fmt: skip


@needs(KEEP)
def hours_end(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The last day of weekly hours."""
    row = _row(request, pk)
    form = EndForm(request.POST or None, initial={"last_day": max(timezone.localdate(request.at), row.valid_from)})
    return amend(
        request, form, title=_("停诊"), submit=_("停诊"), success=_("到那天为止，之后不再出诊。"), note=_said(row),
        plan=lambda data: of_end(row, **data, by=request.user, at=request.at),
        run=lambda data, decisions: actions.end_hours(hours=row, **data, decisions=decisions, by=request.user, at=request.at),
    )  # fmt: skip


def _row(request: StaffRequest, pk: int) -> ClinicSchedule:
    rows = ClinicSchedule.objects.filter(node__in=nodes_for(request.user, KEEP)).select_related("doctor", "node")
    return get_object_or_404(rows, pk=pk)


def _said(row: ClinicSchedule) -> str:
    return f"{row.doctor.name} · {row.node.label} · {row.get_weekday_display()} {row.opens:%H:%M}–{row.closes:%H:%M}"
