"""The list of bookings, found by whatever the customer says (APT-009)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kefu.appointments.choices import AppointmentStatus, Channel, PartOfDay
from kefu.appointments.listing import APPOINTMENTS, sought_in
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.types import all_choices
from kefu.appointments.views.choosing import doctors_of, nodes_for
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.lists.shown import Shown
from kefu.foundation.ui.http import page


@needs(AppointmentPermission.VIEW)
def bookings(request: StaffRequest) -> HttpResponse:
    """Bookings within reach, narrowed by anything that is known of them; from today on where nothing is."""
    shown = Shown(request, APPOINTMENTS)
    if shown.opening:
        return redirect(f"{reverse('appointments:list')}{shown.opening}")
    nodes = nodes_for(request.user)
    context = {
        "list": shown, "sought": sought_in(request.GET, request.at), "nodes": nodes, "doctors": doctors_of(nodes).order_by("job_number"),
        "types": all_choices(), "statuses": AppointmentStatus.choices, "channels": Channel.choices, "parts": PartOfDay.choices,
        "export_url": export_url(request, "appointments.list"),
    }  # fmt: skip
    return page(request, "appointments/list.html", context, partial="rows")
