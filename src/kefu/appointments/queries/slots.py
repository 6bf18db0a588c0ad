"""Free slots. Computed, never stored (APT-002)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import TimestamptzRange

from kefu.appointments.choices import OCCUPYING, ExceptionKind
from kefu.appointments.limits import ALTERNATIVES, HORIZON, SEARCH_DAYS
from kefu.appointments.models import Appointment
from kefu.appointments.rules import Hours, Slot, free, nearest, slots_of
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.errors import Refused
from kefu.kernel.periods import Period
from kefu.kernel.worktime import WorkCalendar, is_workday
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, User

DAY = timedelta(days=1)


def free_slots(doctor: User, node: Node, day: date, at: datetime) -> list[Slot]:
    """The slots of a doctor still free at a centre on a day: hours less closed days, leave and bookings anywhere."""
    return _free(doctor, node, [day], at)


def alternatives(doctor: User, node: Node, wanted: datetime, at: datetime) -> list[Slot]:
    """The free slots nearest to a wanted time, for who comes too late (APT-013)."""
    first = max(timezone.localdate(wanted) - 2 * DAY, timezone.localdate(at))
    days = [first + n * DAY for n in range(SEARCH_DAYS.on(at))]
    return nearest(_free(doctor, node, days, at), wanted, ALTERNATIVES.on(at))


def slot_at(doctor: User, node: Node, start: datetime, at: datetime) -> Slot | None:
    """The slot of the schedule that begins exactly then, whether taken or not; None: no such slot, or closed, or on leave."""
    day = timezone.localdate(start)
    if not 0 <= (day - timezone.localdate(at)).days <= HORIZON.on(at, node_id=node.pk):
        return None
    return next((slot for slot in _scheduled(doctor, node, [day]) if slot.start == start), None)


def offered(doctor: User, node: Node, start: datetime, at: datetime) -> Slot:
    """The slot of the schedule that begins at `start`. Raises Refused `no_slot`, with the nearest free ones."""
    slot = slot_at(doctor, node, start, at)
    if slot is None or slot.start <= at:
        raise Refused("no_slot", _("这个时间医生不出诊，请另选。"), {"alternatives": offers(doctor, node, start, at)})
    return slot


def offers(doctor: User, node: Node, start: datetime, at: datetime) -> list[dict[str, str]]:
    """`alternatives` as a refusal tells them."""
    return [
        {"start": slot.start.isoformat(), "end": slot.end.isoformat()} for slot in alternatives(doctor, node, start, at)
    ]


def _free(doctor: User, node: Node, days: list[date], at: datetime) -> list[Slot]:
    first, last = (datetime.combine(day, datetime.min.time(), SHANGHAI) for day in (days[0], days[-1] + DAY))
    taken = Appointment.objects.filter(
        doctor=doctor, status__in=OCCUPYING, during__overlap=TimestamptzRange(first, last)
    )
    busy = [Period(during.lower, during.upper) for during in taken.values_list("during", flat=True)]
    return free(_scheduled(doctor, node, days), busy, at)


def _scheduled(doctor: User, node: Node, days: list[date]) -> list[Slot]:
    """Every slot of the schedule on these days, bookings left aside, in two plain queries: a booking waits for it."""
    calendar = calendar_for(node)
    values: dict[str, int | date] = {"doctor": doctor.pk, "node": node.pk, "first": days[0], "last": days[-1]}
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, values)
        found_rows = cursor.fetchall()
    rows = [_Clinic(*row[1:9]) for row in found_rows if row[0] == CLINIC]
    exceptions = [_Unusual(row[9], row[0], row[2], *row[4:7]) for row in found_rows if row[0] != CLINIC]
    found: list[Slot] = []
    for day in days:
        found += _day(day, node, calendar, rows, [row for row in exceptions if row.day == day])
    return found


class _Clinic(NamedTuple):
    """A row of the schedule."""

    weekday: int
    node_id: int
    room_id: int | None
    opens: time
    closes: time
    slot_minutes: int
    valid_from: date
    valid_to: date | None


class _Unusual(NamedTuple):
    """A day unlike the schedule."""

    day: date
    kind: str
    node_id: int | None
    opens: time | None
    closes: time | None
    slot_minutes: int | None


CLINIC = "clinic"
_HOURS = """
    SELECT 'clinic', weekday, node_id, room_id, opens, closes, slot_minutes, valid_from, valid_to, NULL FROM appointments_clinicschedule
    WHERE doctor_id = %(doctor)s AND node_id = %(node)s AND valid_from <= %(last)s AND (valid_to IS NULL OR valid_to > %(first)s)
    UNION ALL
    SELECT kind, NULL, node_id, NULL, opens, closes, slot_minutes, NULL, NULL, day FROM appointments_scheduleexception
    WHERE doctor_id = %(doctor)s AND day BETWEEN %(first)s AND %(last)s
"""
"""The schedule and the days unlike it, told apart by the first column."""


def _day(day: date, node: Node, calendar: WorkCalendar, rows: list[_Clinic], exceptions: list[_Unusual]) -> list[Slot]:
    hours = [
        Hours(row.node_id, row.room_id, row.opens, row.closes, row.slot_minutes)
        for row in rows
        if row.weekday == calendar.makeup.get(day, day.weekday())
        and row.valid_from <= day
        and (not row.valid_to or day < row.valid_to)
    ]
    slots = slots_of(day, hours, SHANGHAI) if is_workday(calendar, day) else []
    away = [row for row in exceptions if row.kind == ExceptionKind.LEAVE]
    extra = [
        Hours(row.node_id, None, row.opens, row.closes, row.slot_minutes or 30)
        for row in exceptions
        if row.kind == ExceptionKind.EXTRA and row.node_id == node.pk and row.opens and row.closes
    ]
    absent = [
        Period(
            datetime.combine(day, row.opens or datetime.min.time(), SHANGHAI),
            datetime.combine(day, row.closes, SHANGHAI)
            if row.closes
            else datetime.combine(day + DAY, datetime.min.time(), SHANGHAI),
        )
        for row in away
    ]
    return free([*slots, *slots_of(day, extra, SHANGHAI)], absent, datetime.min.replace(tzinfo=SHANGHAI))
