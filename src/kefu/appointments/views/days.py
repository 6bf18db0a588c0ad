"""The bookings of a day."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.http import HttpResponse

from kefu.appointments.models import Appointment, ClinicSchedule
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import free_slots, on_day
from kefu.appointments.views.choosing import chosen_day, nodes_for
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import page
from kefu.organisation.models import Node, User


@needs(AppointmentPermission.VIEW)
def day(request: StaffRequest) -> HttpResponse:
    """The bookings of a day by doctor, with what is still free."""
    chosen = chosen_day(request)
    booked = list(on_day(chosen, request.user))
    groups: dict[tuple[int, int], dict[str, object]] = {}
    pairs = ClinicSchedule.objects.filter(
        node__in=nodes_for(request.user), weekday=chosen.weekday(), valid_from__lte=chosen
    )
    for row in pairs.select_related("doctor", "node"):
        groups.setdefault(
            (row.doctor_id, row.node_id), {"doctor": row.doctor, "node": row.node, "booked": [], "free": []}
        )
    for appointment in booked:
        key = (appointment.doctor_id, appointment.node_id)
        group = groups.setdefault(
            key, {"doctor": appointment.doctor, "node": appointment.node, "booked": [], "free": []}
        )
        cast(list[Appointment], group["booked"]).append(appointment)
    shown = list(groups.values())[:20]
    for group in shown:
        group["free"] = free_slots(cast(User, group["doctor"]), cast(Node, group["node"]), chosen, request.at)
    context = {"day": chosen, "groups": shown, "before": chosen - timedelta(days=1), "after": chosen + timedelta(days=1),
               "count": len(booked), "arrived": sum(row.status in ("arrived", "completed") for row in booked)}  # fmt: skip
    return page(request, "appointments/day.html", context)
