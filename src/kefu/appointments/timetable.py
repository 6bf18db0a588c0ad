"""A timetable: weekly rows, days unlike them, and the calendars of the places. Plain data; whoever asks "what if" changes a copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import NamedTuple

from kefu.appointments.choices import ExceptionKind
from kefu.appointments.rules import ONE_DAY, Hours, Slot, Taken, free, slots_of
from kefu.kernel.worktime import WorkCalendar, is_workday
from kefu.kernel.worktime.calendars import SHANGHAI

LONG_AGO = datetime.min.replace(tzinfo=SHANGHAI)


class Row(NamedTuple):
    """Hours of every week, `[valid_from, valid_to)`."""

    id: int
    weekday: int
    valid_from: date
    valid_to: date | None
    hours: Hours

    def counts_on(self, day: date) -> bool:
        """Whether the row is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Unusual(NamedTuple):
    """A day unlike the weekly rows: leave, all day where no times are said, or extra hours."""

    id: int
    day: date
    kind: str
    doctor_id: int
    opens: time | None
    closes: time | None
    hours: Hours | None


@dataclass(frozen=True)
class Timetable:
    """What holds for some doctors at some places."""

    rows: tuple[Row, ...]
    unusual: tuple[Unusual, ...]
    calendars: Mapping[int, WorkCalendar]

    def hours_on(self, day: date) -> list[Hours]:
        """The hours of a day, leave left aside: none where the place is closed, those of another weekday on a make-up workday."""
        weekdays = {node: _weekday(calendar, day) for node, calendar in self.calendars.items()}
        weekly = [row.hours for row in self.rows if row.weekday == weekdays[row.hours.node_id] and row.counts_on(day)]
        return weekly + [one.hours for one in self.unusual if one.day == day and one.hours is not None]

    def absences_on(self, day: date) -> list[Taken]:
        """The leave of a day."""
        return [_absence(one) for one in self.unusual if one.day == day and one.kind == ExceptionKind.LEAVE]

    def slots(self, days: Iterable[date], type: str = "") -> Iterator[Slot]:
        """Every slot of these days, less leave, that somebody may come to for this."""
        for day in days:
            found = slots_of(day, [row for row in self.hours_on(day) if row.serves(type)], SHANGHAI)
            away = self.absences_on(day)
            yield from free(found, away, LONG_AGO) if away else found

    def covers(self, doctor_id: int, node_id: int, type: str, start: datetime, end: datetime) -> bool:
        """Whether the doctor receives there for this through the whole period, however the hours are cut into slots."""
        day = start.astimezone(SHANGHAI).date()
        if any(one.doctor_id == doctor_id and one.start < end and start < one.end for one in self.absences_on(day)):
            return False
        reached = start
        pieces = [
            row
            for row in self.hours_on(day)
            if (row.doctor_id, row.node_id) == (doctor_id, node_id) and row.serves(type)
        ]
        for row in sorted(pieces, key=lambda row: row.opens):
            opens, closes = (datetime.combine(day, moment, SHANGHAI) for moment in (row.opens, row.closes))
            if opens <= reached < closes:
                reached = closes
        return reached >= end

    def without_row(self, pk: int, since: date) -> Timetable:
        """The timetable in which a weekly row ends before a day."""
        ended = (row._replace(valid_to=max(since, row.valid_from)) if row.id == pk else row for row in self.rows)
        return replace(self, rows=tuple(ended))

    def with_row(self, row: Row) -> Timetable:
        """The timetable with another weekly row."""
        return replace(self, rows=(*self.rows, row))

    def with_leave(self, days: Iterable[date], doctor_id: int, opens: time | None, closes: time | None) -> Timetable:
        """The timetable in which a doctor is away on these days."""
        away = (Unusual(0, day, ExceptionKind.LEAVE, doctor_id, opens, closes, None) for day in days)
        return replace(self, unusual=(*self.unusual, *away))

    def without_unusual(self, pk: int) -> Timetable:
        """The timetable without leave or extra hours."""
        return replace(self, unusual=tuple(one for one in self.unusual if one.id != pk))

    def closed(self, node_id: int, days: Iterable[date]) -> Timetable:
        """The timetable in which a place stays closed on these days, with whatever extra hours were planned there."""
        shut = frozenset(days)
        known = self.calendars[node_id]
        makeup = {day: weekday for day, weekday in known.makeup.items() if day not in shut}
        calendar = replace(known, holidays=known.holidays | shut, makeup=makeup)
        left = (one for one in self.unusual if one.day not in shut or one.hours is None or one.hours.node_id != node_id)
        return replace(self, calendars={**self.calendars, node_id: calendar}, unusual=tuple(left))


def _weekday(calendar: WorkCalendar, day: date) -> int | None:
    return calendar.makeup.get(day, day.weekday()) if is_workday(calendar, day) else None


def _absence(one: Unusual) -> Taken:
    start = datetime.combine(one.day, one.opens or time(), SHANGHAI)
    end = (
        datetime.combine(one.day, one.closes, SHANGHAI)
        if one.closes
        else datetime.combine(one.day + ONE_DAY, time(), SHANGHAI)
    )
    return Taken(start, end, one.doctor_id)
