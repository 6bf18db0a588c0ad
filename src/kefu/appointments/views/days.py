"""The timetable: a day by doctor or by room, a week of the centre or of one doctor, and one's own bookings at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.addresses import address, query
from kefu.appointments.calendar import draw
from kefu.appointments.choices import TONES, AppointmentStatus
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.glances import own_days, week_cells
from kefu.appointments.queries.requests import requests_waiting
from kefu.appointments.queries.sheets import Read, by_day, by_doctor, by_room, read, week_of
from kefu.appointments.views.choosing import chosen_day, chosen_node, nodes_for
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import page
from kefu.foundation.ui.inputs import Option, Status
from kefu.foundation.ui.wording import date_words
from kefu.foundation.worktime.choices import Weekday
from kefu.kernel.ids import parse_number
from kefu.organisation.models import Node, User

SOON = Status("soon", "clock", _("快到点"))
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@needs(AppointmentPermission.VIEW)
def day(request: StaffRequest) -> HttpResponse:
    """The bookings of a day by doctor or by room, with what is still free (APT-002)."""
    nodes, chosen = list(nodes_for(request.user)), chosen_day(request)
    node = chosen_node(request, nodes)
    context = _frame(request, nodes, node, chosen, "room" if request.GET.get("by") == "room" else "doctor", DAY)
    if node is not None:
        shown = read(request.user, node, [chosen], request.at)
        columns = by_room(shown, chosen) if context["view"] == "room" else by_doctor(shown, chosen)
        today = chosen == timezone.localdate(request.at)
        context |= {
            "sheet": draw(columns, request.at if today else None) if columns else None,
            "shown": shown,
            "counts": _counts(shown),
        }
    may_book = access_of(request.user).may(AppointmentPermission.BOOK)
    context["requests"] = requests_waiting(request.user, request.at) if may_book else None
    return page(request, "appointments/day.html", context)


@needs(AppointmentPermission.VIEW)
def week(request: StaffRequest) -> HttpResponse:
    """A week of the centre, doctor by doctor; with `doctor`, that doctor's week hour by hour."""
    nodes, chosen = list(nodes_for(request.user)), chosen_day(request)
    node, days = chosen_node(request, nodes), week_of(chosen)
    context = _frame(request, nodes, node, chosen, "week", WEEK)
    doctor = User.objects.filter(pk=parse_number(request.GET.get("doctor")) or 0).first()
    if node is not None:
        shown = read(request.user, node, days, request.at, doctor.pk if doctor else None)
        context |= {"shown": shown, "counts": _counts(shown), "days": days, "doctor": doctor}
        context |= {"sheet": draw(by_day(shown, days), None)} if doctor else {"rows": week_cells(shown, days)}
    return page(request, "appointments/week.html", context)


@needs(AppointmentPermission.VIEW)
def mine(request: StaffRequest) -> HttpResponse:
    """One's own bookings today, tomorrow and in the rest of the week, also of the colleague one stands in for (APT-005)."""
    return page(request, "appointments/mine.html", {"groups": own_days(request.user, request.at)})


def _frame(
    request: StaffRequest, nodes: Sequence[Node], node: Node | None, chosen: date, view: str, step: timedelta
) -> dict[str, object]:
    """What stands over every timetable: where, when, and the other ways to see it."""
    kept = {"node": node.pk} if node and len(nodes) > 1 else {}
    doctor = {"doctor": request.GET["doctor"]} if request.GET.get("doctor") else {}
    by = {"by": "room"} if view == "room" else {}

    def to(name: str, **asked: object) -> str:
        return address(name, **kept, **asked)

    own = "week" if view == "week" else "day"
    more = doctor if view == "week" else by
    views = [
        ("doctor", _("按医生"), to("day", day=chosen)), ("room", _("按诊室"), to("day", day=chosen, by="room")),
        ("week", _("周"), to("week", day=chosen)), ("list", _("名单"), to("list", first=chosen, last=chosen)),
    ]  # fmt: skip
    if access_of(request.user).roles & {"doctor", "health_manager"}:
        views.append(("mine", _("我的"), address("mine")))
    return {
        "view": view, "title": _title(chosen, request.at, view), "day": chosen, "node": node, "nodes": [(one, f"?{query(node=one.pk, day=chosen, **by)}") for one in nodes],
        "options": [Option(label, url, pressed=code == view) for code, label, url in views], "before": to(own, day=chosen - step, **more),
        "after": to(own, day=chosen + step, **more), "today": to(own, **more), "new": to("start"), "whole": to("week", day=chosen),
        "legend": [_tone(AppointmentStatus.BOOKED), SOON, *(_tone(one) for one in (AppointmentStatus.ARRIVED, AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW))],
    }  # fmt: skip


def _title(chosen: date, at: datetime, view: str) -> str:
    if view != "week":
        return f"{date_words(chosen, at)} {Weekday(chosen.weekday()).label}"
    monday, *_rest, sunday = week_of(chosen)
    return f"{date_words(monday, at)} – {date_words(sunday, at)}"


def _tone(status: AppointmentStatus) -> Status:
    tone, icon = TONES[status]
    return Status(tone, icon, status.label)


def _counts(shown: Read) -> dict[str, int]:
    states = [row.status for row in shown.appointments]
    here = (AppointmentStatus.ARRIVED, AppointmentStatus.COMPLETED)
    late = [row for row in shown.appointments if row.status == AppointmentStatus.BOOKED and row.start <= shown.at]
    return {"all": len(states), "here": sum(state in here for state in states),
            "missed": sum(state == AppointmentStatus.NO_SHOW for state in states) + len(late)}  # fmt: skip
