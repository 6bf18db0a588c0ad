"""The timetables of doctors stand still while somebody edits them: who books holds them shared, who edits alone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from kefu.appointments.queries.timetables import TIMETABLE


def hold_timetables(edited: Iterable[int], used: Iterable[int] = ()) -> None:
    """Wait until nobody books by the timetables that are to change, and let nobody change those that are used; in the order of their ids."""
    alone = set(edited)
    with connection.cursor() as cursor:
        for doctor in sorted(alone | set(used)):
            shared = "" if doctor in alone else "_shared"
            cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s, %s)", [TIMETABLE, doctor])
