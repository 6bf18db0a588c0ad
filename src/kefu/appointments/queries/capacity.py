"""What the clinic schedules offered over a time, for many doctors at once: a few queries, whatever the length (APT-010, APT-019)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q

from kefu.appointments.choices import ExceptionKind
from kefu.appointments.models import ClinicSchedule, ScheduleException
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.timetables import timetable
from kefu.appointments.rules import Slot
from kefu.foundation.access.queries import scope
from kefu.organisation.models import Node, User

DAY = timedelta(days=1)


def seen_schedules(user: User) -> Q:
    """Whose schedules the person counts: all of whole centres, else one's own."""
    return scope(user, AppointmentPermission.VIEW, node="node_id", owners=("doctor_id",))


def offered_between(user: User, first: date, end: date, *also: Q, type: str = "") -> Iterator[Slot]:
    """Every slot, for an item or any, of the schedules the person sees, `[first, end)`, bookings left aside. `also`: further conditions."""
    seen = seen_schedules(user)
    for condition in also:
        seen &= condition
    hours = ClinicSchedule.objects.filter(seen, valid_from__lt=end).exclude(valid_to__lte=first)
    extra = ScheduleException.objects.filter(seen, kind=ExceptionKind.EXTRA, day__gte=first, day__lt=end)
    pairs = {pair for rows in (hours, extra) for pair in rows.order_by().values_list("doctor", "node").distinct()}
    nodes = Node.objects.filter(pk__in={node for _doctor, node in pairs})
    found = timetable(sorted({doctor for doctor, _node in pairs}), nodes, first, end - DAY)
    days = (first + DAY * step for step in range((end - first).days))
    return (slot for slot in found.slots(days, type) if (slot.doctor_id, slot.node_id) in pairs)
