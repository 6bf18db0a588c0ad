"""What a change of the timetable would be, so that the bookings it breaks are known before it is made (APT-019)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from kefu.appointments.choices import Cause
from kefu.appointments.models import ClinicSchedule, ScheduleException
from kefu.appointments.queries.renegotiations import Amendment, doctors_of_place
from kefu.appointments.queries.slots import days_between
from kefu.appointments.rules import Hours
from kefu.appointments.timetable import Row, Timetable
from kefu.organisation.models import Node, User


def of_leave(doctor: User, first: date, last: date, opens: time | None, closes: time | None, reason: str) -> Amendment:
    """The doctor is away, all day or from or until a time."""
    days = days_between(first, last)
    return Amendment(
        Cause.LEAVE, reason, (doctor.pk,), first, last, lambda known: known.with_leave(days, doctor.pk, opens, closes)
    )


def of_end(hours: ClinicSchedule, since: date, reason: str) -> Amendment:
    """Weekly hours end before a day."""
    return Amendment(
        Cause.HOURS, reason, (hours.doctor_id,), since, None, lambda known: known.without_row(hours.pk, since)
    )


def of_change(hours: ClinicSchedule, instead: ClinicSchedule, reason: str) -> Amendment:
    """Weekly hours are others from the day on which those instead of them begin."""

    def amend(known: Timetable) -> Timetable:
        return known.without_row(hours.pk, instead.valid_from).with_row(as_row(instead))

    return Amendment(Cause.HOURS, reason, (hours.doctor_id,), instead.valid_from, None, amend)


def of_withdrawal(extra: ScheduleException, reason: str) -> Amendment:
    """Extra hours are taken back."""
    return Amendment(
        Cause.EXTRA, reason, (extra.doctor_id,), extra.day, extra.day, lambda known: known.without_unusual(extra.pk)
    )


def of_closing(node: Node, first: date, last: date, reason: str) -> Amendment:
    """A centre stays closed."""
    days = days_between(first, last)

    def amend(known: Timetable) -> Timetable:
        return known.closed(node.pk, days) if node.pk in known.calendars else known

    return Amendment(Cause.CLOSED, reason, tuple(doctors_of_place(node)), first, last, amend, node)


def as_row(row: ClinicSchedule) -> Row:
    """A row that is not written yet, as the timetable knows rows."""
    sessions: Sequence[int | None] = (row.sessions_of_id, row.pk, 0)
    session = next(one for one in sessions if one is not None) if row.capacity > 1 else None
    hours = Hours(
        row.doctor_id, row.node_id, row.room_id, row.equipment_id, row.opens, row.closes, row.slot_minutes, tuple(row.types),
        row.capacity, row.buffer_before, row.buffer_after, session,
    )  # fmt: skip
    return Row(row.pk or 0, row.weekday, row.valid_from, row.valid_to, hours)


CUT = ("opens", "slot_minutes", "buffer_before", "buffer_after", "room_id", "equipment_id", "weekday")


def continued_sessions(before: ClinicSchedule, after: ClinicSchedule) -> int | None:
    """The row whose sessions go on, where the new version is cut into the same ones: who sits there keeps the seat."""
    same = all(getattr(before, name) == getattr(after, name) for name in CUT)
    return (before.sessions_of_id or before.pk) if same and before.capacity > 1 else None
