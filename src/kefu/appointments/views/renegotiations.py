"""Bookings still to be renegotiated since the timetable took their time away."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.appointments import actions
from kefu.appointments.choices import Settlement
from kefu.appointments.forms.decisions import DecisionsForm
from kefu.appointments.models import Renegotiation
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.renegotiations import to_renegotiate, ways
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page

SHOWN = 50


@needs(AppointmentPermission.VIEW)
def renegotiations(request: StaffRequest) -> HttpResponse:
    """Everything still open, the next first, each with what can be offered."""
    rows = list(to_renegotiate(request.user, request.at)[: SHOWN + 1])
    may_change = allowed(request.user, AppointmentPermission.CHANGE)
    found = ways([row.appointment for row in rows[:SHOWN]], request.at) if may_change else []
    form = DecisionsForm(ways=found, may_change=True, may_wait=False) if found else None
    choices = {one.booking.pk: (one, field) for one, field in form.rows()} if form else {}
    shown = [(row, *choices.get(row.appointment_id, (None, None))) for row in rows[:SHOWN]]
    return page(request, "appointments/renegotiations.html", {"rows": shown, "more": len(rows) > SHOWN})


@require_POST
@needs(AppointmentPermission.CHANGE)
def renegotiation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Settle one."""
    rows = Renegotiation.objects.visible_to(request.user).select_related(
        "appointment__customer", "appointment__doctor", "appointment__type"
    )
    row = get_object_or_404(rows, pk=pk)
    form = DecisionsForm(request.POST, ways=ways([row.appointment], request.at), may_change=True, may_wait=False)
    decision = form.decisions()[row.appointment_id] if form.is_valid() else actions.Decision(Settlement.OPEN)
    return act(request, lambda: actions.renegotiate(renegotiation=row, decision=decision, by=request.user, at=request.at),
               success=_("已商定。"), to=reverse("appointments:renegotiations"))  # fmt: skip
