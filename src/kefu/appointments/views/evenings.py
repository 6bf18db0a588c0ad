"""The end of the day: settle today, prepare the files of the coming day, remind the doctors (APT-016)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kefu.appointments.actions.evenings import prepare_file, remind_doctors, withdraw_file
from kefu.appointments.choices import Reminded
from kefu.appointments.limits import EVENING
from kefu.appointments.models import Appointment, EveningReminder, PreparedFile
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.evenings import (
    coming,
    coming_day,
    concerning,
    days_of,
    missing_in,
    reminded,
    unsettled,
)
from kefu.appointments.views.choosing import nodes_for
from kefu.customers.file_parts import FilePart
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.foundation.worktime.queries import calendars_for
from kefu.organisation.models import Node, User

SHOWN = 200


@dataclass(frozen=True)
class FileRow:
    """A booking of the coming day with its file: who prepared it, what it lacks."""

    appointment: Appointment
    prepared: PreparedFile | None
    missing: list[FilePart]


@dataclass(frozen=True)
class DoctorRow:
    """A doctor with the bookings of a day, and whether he or she knows."""

    doctor: User
    day: date
    count: int
    reminder: EveningReminder | None


@require_GET
@needs(AppointmentPermission.BOOK)
def evening(request: StaffRequest) -> HttpResponse:
    """What is left to do before leaving, at one centre."""
    nodes = list(nodes_for(request.user, AppointmentPermission.BOOK).order_by("code"))
    node = _node(request, nodes)
    context: dict[str, object] = {
        "nodes": nodes,
        "node": node,
        "limit": EVENING.on(request.at, node_id=node.pk if node else None),
    }
    if node is not None:
        day = coming_day(calendars_for([node])[node.pk], timezone.localdate(request.at))
        rows = list(coming(node, day, request.at)[:SHOWN])
        mine = list(concerning(request.user, coming(node, day, request.at))[:SHOWN])
        missing = missing_in(mine)
        files = [FileRow(row, getattr(row, "prepared", None), missing[row.pk]) for row in mine]
        doctors = _doctors(rows)
        context |= {
            "day": day, "open": unsettled(request.user, node, request.at)[:SHOWN], "files": files, "doctors": doctors,
            "ready": sum(row.prepared is not None for row in files), "to_tell": sum(row.reminder is None for row in doctors),
        }  # fmt: skip
    return page(request, "appointments/evening.html", context)


@require_POST
@needs(AppointmentPermission.BOOK)
def reminders(request: StaffRequest, node_id: int) -> HttpResponseBase:
    """Remind the doctors now."""
    node = get_object_or_404(nodes_for(request.user, AppointmentPermission.BOOK), pk=node_id)

    def said(count: int) -> str:
        return ngettext("已提醒 %d 位医生。", "已提醒 %d 位医生。", count) % count if count else _("都已经提醒过了。")

    return act(request, lambda: remind_doctors(node=node, by=request.user, at=request.at), success=said, to=_page_of(node.pk))  # fmt: skip


@require_POST
@needs(AppointmentPermission.BOOK)
def file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customer's file is ready."""
    shown = get_object_or_404(Appointment.objects.visible_to(request.user), pk=pk)
    return act(request, lambda: prepare_file(appointment=shown, by=request.user, at=request.at),
               success=_("档案已备好。"), to=_page_of(shown.node_id))  # fmt: skip


@require_POST
@needs(AppointmentPermission.BOOK)
def file_withdrawal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customer's file is not ready after all."""
    shown = get_object_or_404(Appointment.objects.visible_to(request.user), pk=pk)
    return act(request, lambda: withdraw_file(appointment=shown, by=request.user, at=request.at),
               success=_("改回没备好。"), to=_page_of(shown.node_id))  # fmt: skip


def _node(request: StaffRequest, nodes: list[Node]) -> Node | None:
    """The centre asked for, else one's own, else the first one may work with."""
    asked = request.GET.get("node", "")
    by_id = {str(node.pk): node for node in nodes}
    return by_id.get(asked) or by_id.get(str(request.user.node_id)) or next(iter(nodes), None)


def _doctors(rows: list[Appointment]) -> list[DoctorRow]:
    by_day = days_of(rows)
    told = reminded({user for user, _day in by_day}, {day for _user, day in by_day}, Reminded.DOCTOR)
    return [DoctorRow(found[0].doctor, key[1], len(found), told.get(key)) for key, found in by_day.items()]


def _page_of(node_id: int) -> str:
    return f"{reverse('appointments:evening')}?node={node_id}"
