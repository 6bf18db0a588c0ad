"""What a change of the timetable would be, so that the bookings it breaks are known before it is made (APT-019)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.checking import check_leave, check_reason
from kefu.appointments.choices import Cause
from kefu.appointments.models import ClinicSchedule, ScheduleException
from kefu.appointments.queries.renegotiations import Amendment, doctors_of_place
from kefu.appointments.queries.slots import days_between
from kefu.appointments.rights import require_place, require_schedule
from kefu.appointments.rules import ONE_DAY, Hours
from kefu.appointments.timetable import Row, Timetable
from kefu.foundation.access.queries import colleagues_with
from kefu.kernel.errors import Invalid, OutOfScope
from kefu.organisation.models import Node, User


def of_leave(doctor: User, node: Node, first: date, last: date, opens: time | None, closes: time | None, reason: str,
             *, by: User, at: datetime) -> Amendment:  # fmt: skip
    """The doctor is away, all day or from or until a time.

    Raises Forbidden, OutOfScope (also for a doctor who does not work at the place), Invalid for impossible days or without a reason.
    """
    require_schedule(by, doctor, node.pk)
    if not colleagues_with("doctor", node.pk).filter(pk=doctor.pk).exists():
        raise OutOfScope()
    check_leave(first, last, opens, closes, timezone.localdate(at))
    check_reason(reason)
    days = days_between(first, last)
    return Amendment(
        Cause.LEAVE, reason, (doctor.pk,), first, last, lambda known: known.with_leave(days, doctor.pk, opens, closes)
    )


def of_end(hours: ClinicSchedule, last_day: date, reason: str, *, by: User, at: datetime) -> Amendment:
    """Weekly hours end after a day. Raises Forbidden, OutOfScope, Invalid for a day before they begin or before yesterday."""
    require_schedule(by, hours.doctor, hours.node_id)
    if last_day < hours.valid_from or last_day < timezone.localdate(at) - ONE_DAY:
        raise Invalid.one("last_day", "order", _("结束日期不能早于生效日期，也不能早于昨天。"))
    since = last_day + ONE_DAY
    return Amendment(
        Cause.HOURS, reason, (hours.doctor_id,), since, None, lambda known: known.without_row(hours.pk, since)
    )


def of_change(hours: ClinicSchedule, instead: ClinicSchedule, reason: str, *, by: User) -> Amendment:
    """Weekly hours are others from the day on which those instead of them begin. Raises Forbidden, OutOfScope."""
    require_schedule(by, hours.doctor, hours.node_id)

    def amend(known: Timetable) -> Timetable:
        return known.without_row(hours.pk, instead.valid_from).with_row(as_row(instead))

    return Amendment(Cause.HOURS, reason, (hours.doctor_id,), instead.valid_from, None, amend)


def of_withdrawal(extra: ScheduleException, reason: str, *, by: User) -> Amendment:
    """Leave or extra hours are taken back. Raises Forbidden, OutOfScope."""
    assert extra.node_id is not None
    require_schedule(by, extra.doctor, extra.node_id)
    return Amendment(
        Cause.EXTRA, reason, (extra.doctor_id,), extra.day, extra.day, lambda known: known.without_unusual(extra.pk)
    )


def of_closing(node: Node, first: date, last: date, reason: str, *, by: User, at: datetime) -> Amendment:
    """A centre stays closed. Raises Forbidden, OutOfScope, Invalid for days that have passed or without a reason."""
    require_place(by, node.pk)
    check_leave(first, last, None, None, timezone.localdate(at))
    check_reason(reason)
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
