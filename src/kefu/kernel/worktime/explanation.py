"""How a deadline came about, day by day, for the person who asks why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from kefu.kernel.worktime.amounts import WorkAmount, WorkUnit
from kefu.kernel.worktime.arithmetic import NOTHING, due
from kefu.kernel.worktime.calendars import ONE_DAY, WorkCalendar, is_workday, spans_on

INSTANT: Final = timedelta(microseconds=1)
"""Taken off a deadline to find its day: one at 24:00 belongs to the day it ends."""


class StepKind(StrEnum):
    """What a day did to the deadline."""

    WORKING = "working"
    MAKEUP = "makeup"
    HOLIDAY = "holiday"
    CLOSED = "closed"
    START = "start"
    CLOCK = "clock"


@dataclass(frozen=True)
class Step:
    """One line of an explanation.

    `start` and `end` bound the counted time (None on days that do not count), `worked` is how much was counted in
    between, `number` the how-manieth working day it is (0 unless days are counted).
    """

    day: date
    kind: StepKind
    start: datetime | None = None
    end: datetime | None = None
    worked: timedelta = NOTHING
    number: int = 0

    @property
    def minutes(self) -> int:
        """The counted time in whole minutes."""
        return self.worked // timedelta(minutes=1)


def explain(calendar: WorkCalendar, start: datetime, amount: WorkAmount) -> list[Step]:
    """The steps from `start` to `due(calendar, start, amount)`.

    Working minutes and hours give a step for each open range used, working days a step for each day (the first,
    day 0, counts nothing); days off appear with their kind. The last step ends at the deadline. Clock units give a
    single step. Raises NeverOpenError.
    """
    deadline = due(calendar, start, amount)
    if amount.is_clock:
        local = start.astimezone(calendar.tz)
        return [Step(local.date(), StepKind.CLOCK, local, deadline, amount.span)]
    if amount.unit is WorkUnit.WORKING_DAYS:
        return list(_day_steps(calendar, calendar.local_day(start), amount.amount))
    return list(_range_steps(calendar, start, deadline))


def _range_steps(calendar: WorkCalendar, start: datetime, deadline: datetime) -> Iterator[Step]:
    """A step for each open range between two moments, cut at both ends, and one for each day off."""
    begin, finish = start.astimezone(UTC), deadline.astimezone(UTC)
    day, last_day = calendar.local_day(start), calendar.local_day(deadline - INSTANT)
    while day <= last_day:
        if not is_workday(calendar, day):
            yield Step(day, _kind(calendar, day))
        for opened, closed in spans_on(calendar, day):
            first, last = max(opened, begin), min(closed, finish)
            if first < last:
                kind = _kind(calendar, day)
                yield Step(day, kind, first.astimezone(calendar.tz), last.astimezone(calendar.tz), last - first)
        day += ONE_DAY


def _day_steps(calendar: WorkCalendar, first: date, count: int) -> Iterator[Step]:
    """A step for each date from day 0 to the working day number `count`."""
    yield Step(first, StepKind.START)
    number = 0
    day = first
    while number < count:
        day += ONE_DAY
        spans = spans_on(calendar, day)
        if not spans:
            yield Step(day, _kind(calendar, day))
            continue
        number += 1
        opened, closed = spans[0][0].astimezone(calendar.tz), spans[-1][1].astimezone(calendar.tz)
        worked = sum((end - start for start, end in spans), NOTHING)
        yield Step(day, _kind(calendar, day), opened, closed, worked, number)


def _kind(calendar: WorkCalendar, day: date) -> StepKind:
    if day in calendar.makeup:
        return StepKind.MAKEUP if is_workday(calendar, day) else StepKind.CLOSED
    if day in calendar.holidays:
        return StepKind.HOLIDAY
    return StepKind.WORKING if is_workday(calendar, day) else StepKind.CLOSED
