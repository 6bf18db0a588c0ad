"""A notebook at the desk: who is where and when, by minutes and fingers, without anything of the program that it is to be compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

TRAVEL = timedelta(minutes=60)
OFFERED = 3
MOST_MOVES = 3
TIED = ("held", "booked", "arrived", "completed")


@dataclass(frozen=True)
class Place:
    """A stretch of time of a doctor somewhere; with `seats` for several."""

    doctor: int
    node: str
    start: datetime
    end: datetime
    busy_from: datetime
    busy_to: datetime
    room: str = ""
    camera: str = ""
    seats: int = 1

    def meets(self, other: Place) -> bool:
        """Whether doctor, room or camera would be needed twice."""
        if self == other and self.seats > 1:
            return False
        shares = self.doctor == other.doctor or bool(self.room and self.room == other.room)
        shares = shares or bool(self.camera and self.camera == other.camera)
        return shares and self.busy_from < other.busy_to and other.busy_from < self.busy_to

    def too_far_from(self, other: Place) -> bool:
        """Whether the doctor could not come in time from one to the other."""
        apart = self.doctor == other.doctor and self.node != other.node
        return apart and self.busy_from < other.busy_to + TRAVEL and other.busy_from < self.busy_to + TRAVEL

    def while_(self, other: Place) -> bool:
        """Whether one person could not be at both."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Line:
    """A booking or a hold; `ask` is the request it is held for."""

    place: Place
    who: int | None
    state: str
    until: datetime | None = None
    moves: int = 0
    seat: int = 0
    ask: int | None = None
    wished: bool = False
    who_asked: int | None = None


@dataclass(frozen=True)
class Leave:
    """A doctor is away."""

    doctor: int
    start: datetime
    end: datetime

    def meets(self, doctor: int, start: datetime, end: datetime) -> bool:
        """Whether it takes from the doctor some of a time."""
        return self.doctor == doctor and self.start < end and start < self.end


@dataclass
class Notebook:
    """What is written down at a moment. `gone` are lines that are let go of in the same breath."""

    places: Sequence[Place]
    at: datetime
    lines: dict[int, Line] = field(default_factory=dict)
    leave: dict[int, Leave] = field(default_factory=dict)
    closed: set[tuple[str, date]] = field(default_factory=set)

    def copy(self) -> Notebook:
        """Another notebook that says the same."""
        return replace(self, lines=dict(self.lines), leave=dict(self.leave), closed=set(self.closed))

    def with_state(self, *states: str) -> list[int]:
        """The lines that stand so."""
        return [pk for pk, line in sorted(self.lines.items()) if line.state in states]

    def tied(self, gone: Collection[int] = ()) -> Iterator[Line]:
        """Lines that keep doctor, room and customer."""
        return (line for pk, line in self.lines.items() if line.state in TIED and pk not in gone)

    def own_holds(self, who: int | None, place: Place, but: int | None = None) -> set[int]:
        """What is held for a customer at the time of a place, which gives way when she gets that."""
        return {
            pk
            for pk, line in self.lines.items()
            if who is not None and line.who == who and line.state == "held" and line.place.while_(place) and pk != but
        }

    def named(self, who: int, place: Place) -> int | None:
        """In whose name a place is held for a customer: in hers, unless something of hers is at that time."""
        return None if any(line.who == who and line.place.while_(place) for line in self.tied()) else who

    def received(self, doctor: int, node: str, start: datetime, end: datetime) -> bool:
        """Whether the doctor receives there then, by leave and closed days."""
        away = any(one.meets(doctor, start, end) for one in self.leave.values())
        return not away and (node, start.date()) not in self.closed

    def in_timetable(self, place: Place) -> bool:
        """Whether the place stands in the timetable, past or not."""
        return self.received(place.doctor, place.node, place.busy_from, place.busy_to)

    def seats_gone(self, place: Place, gone: Collection[int] = ()) -> int:
        """How many sit at a place."""
        return sum(line.place == place for line in self.tied(gone))

    def free(self, gone: Collection[int] = ()) -> dict[Place, int]:
        """Every place somebody may still have, with the seats left."""
        tied = [line.place for line in self.tied(gone)]
        found = {}
        for place in self.places:
            if place.start <= self.at or not self.in_timetable(place):
                continue
            left = place.seats - tied.count(place)
            if left > 0 and not any(one.meets(place) or one.too_far_from(place) for one in tied):
                found[place] = left
        return found

    def obstacle(self, place: Place, who: int | None, gone: Collection[int] = (), own: Collection[int] = ()) -> str:
        """What stands in the way of having a place; nothing: an empty word. `own` goes only once the place is known to be open."""
        if place.start <= self.at or not self.in_timetable(place):
            return "no_slot"
        return self.clash(place, who, {*gone, *own})

    def clash(self, place: Place, who: int | None, gone: Collection[int]) -> str:
        """Who or what is there already."""
        tied = list(self.tied(gone))
        if self.seats_gone(place, gone) >= place.seats or any(line.place.meets(place) for line in tied):
            return "slot_taken"
        if who is not None and any(line.who == who and line.place.while_(place) for line in tied):
            return "customer_busy"
        return "on_the_way" if any(line.place.too_far_from(place) for line in tied) else ""

    def obstacle_to_return(self, line: Line, own: Collection[int]) -> str:
        """Who or what has the place of somebody by now who was recorded as not come; in a group the old seat, while that is held, any seat."""
        found = self.clash(line.place, line.who, own)
        if line.place.seats == 1 or (found != "slot_taken" and found):
            return found
        busy = any(one.who == line.who and one.place.while_(line.place) for one in self.tied(own))
        if found:
            return "customer_busy" if busy and not any(one.place.meets(line.place) for one in self.tied(own)) else found
        sat_on = {one.seat for one in self.tied(own) if one.place == line.place}
        return "slot_taken" if line.seat in sat_on and not self.in_timetable(line.place) else ""

    def bar(self, line: Line) -> str:
        """Whether it is too late, or was moved too often, for staff."""
        if line.place.start <= self.at:
            return "too_late"
        return "too_often" if line.moves >= MOST_MOVES else ""

    def nearest(self, place: Place, gone: Collection[int]) -> list[datetime]:
        """The three free times of the doctor there that are nearest to a wanted one."""
        there = {one.start for one in self.free(gone) if (one.doctor, one.node) == (place.doctor, place.node)}
        return sorted(sorted(there, key=lambda start: (abs(start - place.start), start))[:OFFERED])

    def broken(self, before: Notebook) -> list[int]:
        """The bookings ahead whose doctor was there for them before and is no longer, in order of time."""
        hit = [
            pk
            for pk in self.with_state("booked")
            if (place := self.lines[pk].place).start > self.at
            and before.received(place.doctor, place.node, place.start, place.end)
            and not self.received(place.doctor, place.node, place.start, place.end)
        ]
        return sorted(hit, key=lambda pk: (self.lines[pk].place.start, self.lines[pk].place.end, pk))

    def put(self, pk: int, line: Line, gone: Iterable[int] = ()) -> None:
        """Write a line, and strike out what gave way to it."""
        self.strike(gone)
        self.lines[pk] = line

    def strike(self, gone: Iterable[int]) -> None:
        """Strike lines out."""
        for pk in list(gone):
            self.lines.pop(pk, None)

    def wait_until(self, at: datetime) -> list[tuple[int, Line]]:
        """Let time pass: what was held until then is held no longer, and answered."""
        over = [(pk, line) for pk, line in self.lines.items() if line.until is not None and line.until <= at]
        self.at = at
        self.strike(pk for pk, _line in over)
        return over
