"""Slots and what is free of them. Plain Python on half-open periods."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

ONE_DAY = timedelta(days=1)


class Hours(NamedTuple):
    """Hours of a doctor at a place on one day, and how they are cut into slots. No types: for all; a session: several share a slot."""

    doctor_id: int
    node_id: int
    room_id: int | None
    equipment_id: int | None
    opens: time
    closes: time
    slot_minutes: int
    types: tuple[str, ...] = ()
    capacity: int = 1
    buffer_before: int = 0
    buffer_after: int = 0
    session: int | None = None

    def serves(self, type: str) -> bool:
        """Whether somebody may come for that; nothing asked, nothing refused."""
        return not (self.types and type) or type in self.types


class Slot(NamedTuple):
    """A slot `[start, end)` of a doctor's hours, with the places left in it."""

    start: datetime
    end: datetime
    hours: Hours
    left: int = 1

    @property
    def node_id(self) -> int:
        """Where."""
        return self.hours.node_id

    @property
    def room_id(self) -> int | None:
        """In which room."""
        return self.hours.room_id

    @property
    def doctor_id(self) -> int:
        """With whom."""
        return self.hours.doctor_id

    @property
    def blocked_from(self) -> datetime:
        """From when doctor, room and equipment are needed for it."""
        return _later(self.start, -self.hours.buffer_before)

    @property
    def blocked_to(self) -> datetime:
        """Until when doctor, room and equipment are needed for it."""
        return _later(self.end, self.hours.buffer_after)


def _later(moment: datetime, minutes: int) -> datetime:
    """So many minutes later as they really pass."""
    if not minutes:
        return moment
    return (moment.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(moment.tzinfo)


class Taken(NamedTuple):
    """Time that a doctor, a room or a piece of equipment does not have any more, buffers included: a booking, a held slot, or leave.

    With `node_id` only for hours there: the doctor could not come in time from another place.
    """

    start: datetime
    end: datetime
    doctor_id: int | None
    room_id: int | None = None
    equipment_id: int | None = None
    session: int | None = None
    node_id: int | None = None

    def concerns(self, hours: Hours) -> bool:
        """Whether it takes the doctor, the room or the equipment of these hours."""
        if self.node_id is not None and self.node_id != hours.node_id:
            return False
        return (
            self.doctor_id == hours.doctor_id
            or (self.room_id is not None and self.room_id == hours.room_id)
            or (self.equipment_id is not None and self.equipment_id == hours.equipment_id)
        )


def slots_of(day: date, hours: Iterable[Hours], tz: tzinfo) -> list[Slot]:
    """Every slot of a day, each doctor's in order; a rest shorter than a slot with its buffers is left out.

    On a day on which the clocks change, the hours that really pass are cut.
    """
    midnight = datetime.combine(day, time(), tz)
    changes = midnight.utcoffset() != datetime.combine(day + ONE_DAY, time(), tz).utcoffset()
    found = []
    for row in sorted(hours, key=lambda row: row.opens):
        start, close = (datetime.combine(day, moment, tz) for moment in (row.opens, row.closes))
        if changes:
            start, close = start.astimezone(UTC), close.astimezone(UTC)
        before, length, after = (
            timedelta(minutes=minutes) for minutes in (row.buffer_before, row.slot_minutes, row.buffer_after)
        )
        while (end := start + before + length) + after <= close:
            found.append(Slot(start + before, end, row, row.capacity))
            start = end + after
    return (
        [slot._replace(start=slot.start.astimezone(tz), end=slot.end.astimezone(tz)) for slot in found]
        if changes
        else found
    )


def free(slots: Iterable[Slot], taken: Iterable[Taken], after: datetime) -> list[Slot]:
    """The slots with a place left that begin after a moment: nothing taken touches them but bookings of their own session."""
    busy = sorted(taken, key=lambda one: one.start)
    starts = [one.start for one in busy]
    ended = list(accumulate((one.end for one in busy), max))
    found = []
    for slot in slots:
        if slot.start <= after:
            continue
        met = busy[bisect_right(ended, slot.blocked_from) : bisect_left(starts, slot.blocked_to)]
        left = _left(slot, met) if met else slot.left
        if left > 0:
            found.append(slot if left == slot.left else slot._replace(left=left))
    return found


def _left(slot: Slot, near: Sequence[Taken]) -> int:
    start, hours = slot.blocked_from, slot.hours
    met = [one for one in near if one.end > start and one.concerns(hours)]
    if any(one.session is None or one.session != hours.session for one in met):
        return 0
    return hours.capacity - len(met)


def nearest(slots: Iterable[Slot], wanted: datetime, count: int) -> list[Slot]:
    """The slots closest in time to the wanted one, in order of time."""
    closest = sorted(slots, key=lambda slot: (abs(slot.start - wanted), slot.start))[:count]
    return sorted(closest, key=lambda slot: slot.start)


def overlap(start: time, end: time, other_start: time, other_end: time) -> bool:
    """Whether two stretches of a day share a moment."""
    return start < other_end and other_start < end


def holds_one(opens: time, closes: time, minutes: int) -> bool:
    """Whether so many minutes fit between two times of a day."""
    length = timedelta(hours=closes.hour - opens.hour, minutes=closes.minute - opens.minute)
    return timedelta(minutes=minutes) <= length


class Bar(StrEnum):
    """What stands in the way of changing a booking."""

    TOO_LATE = "too_late"
    TOO_OFTEN = "too_often"


def bar(start: datetime, at: datetime, *, hours: int, moves: int = 0, most: int | None = None) -> Bar | None:
    """Whether a booking may still be changed: at least so many hours before it begins, and not oftener than so many times."""
    if at > start - timedelta(hours=hours) or at >= start:
        return Bar.TOO_LATE
    return Bar.TOO_OFTEN if most is not None and moves >= most else None
