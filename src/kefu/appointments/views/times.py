"""Another time for a booking: chosen among the free slots or dragged to one, read back, then moved (APT-007, APT-013)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.appointments.actions import desk as actions
from kefu.appointments.addresses import address
from kefu.appointments.clashes import BAR_WORDS
from kefu.appointments.forms.desk import MoveForm
from kefu.appointments.models import Appointment
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import staff_bar
from kefu.appointments.views.wishes import Chosen, asked_of, instead
from kefu.appointments.wording import spoken_time
from kefu.customers.presentation import view_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, is_part, page
from kefu.kernel.errors import Refused


@needs(AppointmentPermission.CHANGE)
def time(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Choose another time, and confirm it; the timetable asks for the confirmation alone."""
    rows = Appointment.objects.visible_to(request.user, AppointmentPermission.CHANGE)
    shown = get_object_or_404(rows.select_related("customer", "doctor", "node"), pk=pk)
    usual = {"node": shown.node_id, "doctor": shown.doctor_id}
    asked = asked_of(request, usual, AppointmentPermission.CHANGE, preselect=False)
    form = MoveForm(request.POST or None)
    refused: dict[str, object] = {}
    bar = staff_bar(shown, request.at)

    def show() -> HttpResponse:
        context = {
            "appointment": shown, "view": view_of(shown.customer, request.at), "asked": asked, "form": form, "was": spoken_time(shown.start, request.at),
            "instead": instead(refused, asked.chosen, request.at) if asked.chosen else [], "part": is_part(request), "bar_words": BAR_WORDS[bar] if bar else "", "may_override": allowed(request.user, AppointmentPermission.OVERRIDE, node_id=shown.node_id),
        }  # fmt: skip
        return page(request, "appointments/move.html", context, partial="ask")

    if request.method != "POST" or asked.chosen is None or not form.is_valid():
        return show()
    return act(request, _move(request, shown, asked.chosen, form.cleaned_data, refused), success=_("已改约，原来的时段已放出。"),
               to=lambda row: _after(request, row), form=form, render=show)  # fmt: skip


def _move(
    request: StaffRequest, shown: Appointment, chosen: Chosen, given: dict[str, Any], refused: dict[str, object]
) -> Callable[[], Appointment]:
    def run() -> Appointment:
        try:
            return actions.move_at_desk(
                appointment=shown, start=chosen.start, doctor=chosen.doctor, node=chosen.node, override="override" in request.POST, read_back=given["read_back"], reason=given["reason"], by=request.user, at=request.at
            )  # fmt: skip
        except Refused as refusal:
            refused.update(refusal.details)
            raise

    return run


def _after(request: StaffRequest, row: Appointment) -> str:
    """Back to the timetable it was dragged on, now with the booking in its new place; else to the booking."""
    if is_part(request):
        return address("day", node=row.node_id, day=timezone.localdate(row.start))
    return address("appointment", row.pk)
