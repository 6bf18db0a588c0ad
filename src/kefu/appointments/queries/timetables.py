"""The timetable of doctors from its rows, in two plain queries whatever the number of doctors, places and days: a booking waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection

from kefu.appointments.choices import ExceptionKind
from kefu.appointments.rules import Hours
from kefu.appointments.timetable import Row, Timetable, Unusual
from kefu.foundation.worktime.queries import calendars_for
from kefu.organisation.models import Node

CLINIC = "clinic"
_ROWS = """
    SELECT 'clinic', id, doctor_id, node_id, room_id, equipment_id, opens, closes, slot_minutes, types, capacity, buffer_before, buffer_after,
           coalesce(sessions_of_id, id), weekday, valid_from, valid_to, NULL::date
    FROM appointments_clinicschedule
    WHERE doctor_id = ANY(%(doctors)s) AND node_id = ANY(%(nodes)s) AND valid_from <= %(last)s AND (valid_to IS NULL OR valid_to > %(first)s)
    UNION ALL
    SELECT kind, id, doctor_id, node_id, room_id, NULL, opens, closes, coalesce(slot_minutes, 30), types, 1, 0, 0, NULL, NULL, NULL, NULL, day
    FROM appointments_scheduleexception
    WHERE doctor_id = ANY(%(doctors)s) AND day BETWEEN %(first)s AND %(last)s
"""
"""Weekly rows and the days unlike them, told apart by the first column."""
_STILL = (
    "SELECT pg_advisory_xact_lock_shared(%(space)s, doctor) FROM unnest(%(doctors)s::int[]) AS doctor ORDER BY doctor;"
)
"""Who books lets nobody change the timetable until the booking stands; the rows are read after that, by a statement of their own."""
TIMETABLE = 4019
"""The space of advisory locks on the timetables of doctors."""


def timetable(
    doctors: Sequence[int], nodes: Iterable[Node], first: date, last: date, *, still: bool = False
) -> Timetable:
    """What holds for these doctors at these places from the first to the last day. `still`: nobody changes it until one has booked."""
    calendars = calendars_for(nodes)
    values: dict[str, Any] = {
        "doctors": list(doctors),
        "nodes": list(calendars),
        "first": first,
        "last": last,
        "space": TIMETABLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STILL + _ROWS if still else _ROWS, values)
        if still:
            cursor.nextset()
        found = cursor.fetchall()
    rows = tuple(Row(row[1], row[14], row[15], row[16], _hours(row)) for row in found if row[0] == CLINIC)
    unusual = tuple(
        Unusual(row[1], row[17], row[0], row[2], row[6], row[7], _hours(row) if row[0] == ExceptionKind.EXTRA else None)
        for row in found
        if row[0] == ExceptionKind.LEAVE or (row[0] == ExceptionKind.EXTRA and row[3] in calendars)
    )
    return Timetable(rows, unusual, calendars)


def _hours(row: Sequence[Any]) -> Hours:
    doctor, node, room, equipment, opens, closes, minutes, types, capacity, before, after, session = row[2:14]
    sharing = session if capacity > 1 else None
    return Hours(doctor, node, room, equipment, opens, closes, minutes, tuple(types), capacity, before, after, sharing)
