"""The seats of sessions that several customers share."""

from __future__ import annotations

from collections.abc import Sequence

from kefu.appointments.choices import OCCUPYING
from kefu.appointments.models import Appointment
from kefu.appointments.rules import Slot


def seats_left(appointment: Appointment, slot: Slot) -> Sequence[int]:
    """The seats a booking may try for: 0 where one comes alone, the free ones of a session in order, as many as it still takes."""
    if slot.hours.session is None:
        return (0,)
    same = Appointment.with_holds.filter(session=slot.hours.session, during=appointment.during, status__in=OCCUPYING)
    gone = set(same.exclude(pk=appointment.pk).values_list("seat", flat=True))
    free = [seat for seat in range(1, slot.hours.capacity + 1) if seat not in gone]
    return free[: max(slot.hours.capacity - len(gone), 0)]
