"""Free slots. Computed, never stored (APT-002)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import TimestamptzRange

from kefu.appointments.choices import OCCUPYING
from kefu.appointments.limits import ALTERNATIVES, HORIZON, SEARCH_DAYS, TRAVEL_MINUTES
from kefu.appointments.queries.timetables import timetable
from kefu.appointments.rules import ONE_DAY, Slot, Taken, free, nearest
from kefu.kernel.errors import Refused
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, User


def free_slots(
    doctor: User, node: Node, day: date, at: datetime, type: str = "", keys: Sequence[str] = ()
) -> list[Slot]:
    """The slots of a doctor still free at a centre on a day: hours less closed days, leave and bookings anywhere.

    What is held under `keys` is free to who asks.
    """
    return free_between(doctor, node, day, day, at, type, keys)


def free_between(
    doctor: User, node: Node, first: date, last: date, at: datetime, type: str = "", keys: Sequence[str] = ()
) -> list[Slot]:
    """The slots of a doctor still free at a centre from the first to the last day, as far ahead as one may book."""
    today = timezone.localdate(at)
    first, last = max(first, today), min(last, today + HORIZON.on(at, node_id=node.pk) * ONE_DAY)
    return free_of([doctor.pk], [node], days_between(first, last), at, type, keys)


def free_of(
    doctors: Sequence[int],
    nodes: Sequence[Node],
    days: Sequence[date],
    at: datetime,
    type: str = "",
    keys: Sequence[str] = (),
) -> list[Slot]:
    """The free slots of many doctors at many places, each doctor's in order of time; three queries however many."""
    if not days:
        return []
    slots = list(timetable(doctors, nodes, min(days), max(days)).slots(days, type))
    return free(slots, taken(slots, min(days), max(days), at, keys), at) if slots else []


def alternatives(doctor: User, node: Node, wanted: datetime, at: datetime, type: str = "") -> list[Slot]:
    """The free slots nearest to a wanted time, for who comes too late (APT-013)."""
    first = max(timezone.localdate(wanted) - 2 * ONE_DAY, timezone.localdate(at))
    found = free_between(doctor, node, first, first + (SEARCH_DAYS.on(at) - 1) * ONE_DAY, at, type)
    return nearest(found, wanted, ALTERNATIVES.on(at))


def slot_at(
    doctor: User, node: Node, start: datetime, at: datetime, type: str = "", *, still: bool = False
) -> Slot | None:
    """The slot of the schedule that begins exactly then, whether taken or not; None: no such slot, or closed, or on leave.

    `still`: who books by it lets nobody change the timetable until the transaction ends.
    """
    day = timezone.localdate(start)
    if not 0 <= (day - timezone.localdate(at)).days <= HORIZON.on(at, node_id=node.pk):
        return None
    found = timetable([doctor.pk], [node], day, day, still=still).slots([day], type)
    return next((slot for slot in found if slot.start == start), None)


def offered(doctor: User, node: Node, start: datetime, at: datetime, type: str = "") -> Slot:
    """The slot of the schedule that begins at `start`, which stays until one has booked. Raises Refused `no_slot`, with the nearest free ones."""
    slot = slot_at(doctor, node, start, at, type, still=True)
    if slot is None or slot.start <= at:
        told: dict[str, object] = {"alternatives": offers(doctor, node, start, at, type)}
        raise Refused("no_slot", _("这个时间医生不出诊，请另选。"), told)
    return slot


def offers(doctor: User, node: Node, start: datetime, at: datetime, type: str = "") -> list[dict[str, str]]:
    """`alternatives` as a refusal tells them."""
    found = alternatives(doctor, node, start, at, type)
    return [{"start": slot.start.isoformat(), "end": slot.end.isoformat()} for slot in found]


def days_between(first: date, last: date) -> list[date]:
    """The days from the first to the last; none when they run backwards."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


_TAKEN = """
    SELECT id, node_id, upper(reach), lower(coalesce(blocked, during)), upper(coalesce(blocked, during)), doctor_id, room_id, equipment_id, session
    FROM unnest(%({place}s)s::bigint[]) AS wanted JOIN appointments_appointment ON {place} = wanted
    WHERE coalesce(blocked, during) && %(span)s AND status IN ({statuses}) AND (expires_at IS NULL OR expires_at > %(at)s)
        AND holder <> ALL(%(keys)s::text[])
"""
"""What is booked of doctors, rooms or equipment: each by the index that keeps bookings apart, so what was years ago costs nothing."""
_STATUSES = ", ".join(f"'{status.value}'" for status in OCCUPYING)


def taken(slots: Iterable[Slot], first: date, last: date, at: datetime, keys: Sequence[str] = ()) -> list[Taken]:
    """The bookings and held slots that take doctors, rooms or equipment of these slots, from the first to the last day; not those held under `keys`."""
    kinds = {slot.hours for slot in slots}
    ids = {
        "doctor_id": {row.doctor_id for row in kinds},
        "room_id": {row.room_id for row in kinds if row.room_id is not None},
        "equipment_id": {row.equipment_id for row in kinds if row.equipment_id is not None},
    }
    begin, end = (datetime.combine(day, datetime.min.time(), SHANGHAI) for day in (first, last + ONE_DAY))
    values: dict[str, Any] = {f"{place}s": list(found) for place, found in ids.items()}
    parts = [_TAKEN.format(place=place, statuses=_STATUSES) for place, found in ids.items() if found]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ".join(parts), values | {"span": TimestamptzRange(begin, end), "at": at, "keys": list(keys)}
        )
        rows = cursor.fetchall()
    return [Taken(*row[3:]) for row in rows] + _on_the_way(rows, {row.node_id for row in kinds}, at)


def _on_the_way(rows: Iterable[Sequence[Any]], nodes: set[int], at: datetime) -> list[Taken]:
    """When doctors are on the way between these places and those of their bookings."""
    apart = [(row, node) for row in rows for node in nodes if row[1] != node]
    travel = {node: timedelta(minutes=TRAVEL_MINUTES.on(at, node_id=node)) for node in {node for _row, node in apart}}
    return [Taken(row[3] - travel[node], row[2], row[5], node_id=node) for row, node in apart]
