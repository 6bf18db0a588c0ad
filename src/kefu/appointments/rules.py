"""Free slots from hours, leave and bookings. Plain Python on half-open periods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from kefu.kernel.periods import Period

Span = Period[datetime]


@dataclass(frozen=True)
class Hours:
    """Opening hours of one clinic day: a place, a range of the day, and the slot length in minutes."""

    node_id: int
    room_id: int | None
    opens: time
    closes: time
    slot_minutes: int


@dataclass(frozen=True)
class Slot:
    """A slot of a doctor's day at a place."""

    start: datetime
    end: datetime
    node_id: int
    room_id: int | None


def slots_of(day: date, hours: Iterable[Hours], tz: tzinfo) -> list[Slot]:
    """Every slot of a day, in order; a rest shorter than a slot at the end is left out."""
    found = []
    for row in hours:
        start, close = (datetime.combine(day, moment, tz) for moment in (row.opens, row.closes))
        length = timedelta(minutes=row.slot_minutes)
        while start + length <= close:
            found.append(Slot(start, start + length, row.node_id, row.room_id))
            start += length
    return sorted(found, key=lambda slot: slot.start)


def free(slots: Iterable[Slot], busy: Sequence[Span], after: datetime) -> list[Slot]:
    """The slots that touch nothing busy (bookings, leave) and begin after a moment."""
    return [
        slot
        for slot in slots
        if slot.start > after and not any(span.start < slot.end and slot.start < span.end for span in busy)
    ]


def nearest(slots: Iterable[Slot], wanted: datetime, count: int) -> list[Slot]:
    """The slots closest in time to the wanted one, in order of time."""
    closest = sorted(slots, key=lambda slot: (abs(slot.start - wanted), slot.start))[:count]
    return sorted(closest, key=lambda slot: slot.start)
