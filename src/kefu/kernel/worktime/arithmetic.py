"""Deadlines and elapsed working time, by whole open ranges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final

from kefu.kernel.worktime.amounts import WorkAmount, WorkUnit
from kefu.kernel.worktime.calendars import ONE_DAY, WorkCalendar, is_workday, spans_on

HORIZON_DAYS: Final = 3660
"""How far a search goes, about ten years: no promise of a centre is longer, and an error beats an endless loop."""

NOTHING: Final = timedelta(0)


class NeverOpenError(Exception):
    """The calendar does not open for long enough within ten years; somebody has to give it opening hours."""

    def __init__(self, start: date) -> None:
        super().__init__(f"not enough open working time within {HORIZON_DAYS} days of {start}")
        self.start = start


def due(calendar: WorkCalendar, start: datetime, amount: WorkAmount) -> datetime:
    """When an amount of time from `start` on is used up, in the calendar's time zone.

    Working minutes and hours end at the earliest moment at which they have passed, so at 12:00 rather than after
    lunch. Working days end at the close of the n-th working day after the date of `start`, which is day 0 whether
    it is worked or not. Clock units ignore the calendar. Raises NeverOpenError.
    """
    if amount.is_clock:
        calendar.local_day(start)
        return (start.astimezone(UTC) + amount.span).astimezone(calendar.tz)
    if amount.unit is WorkUnit.WORKING_DAYS:
        last = add_workdays(calendar, calendar.local_day(start), amount.amount)
        return spans_on(calendar, last)[-1][1].astimezone(calendar.tz)
    return add_worktime(calendar, start, amount.span)


def add_worktime(calendar: WorkCalendar, start: datetime, span: timedelta) -> datetime:
    """The earliest moment at which `span` of working time has passed since `start`; `start` itself for none.

    Raises ValueError for a negative span, NeverOpenError when the calendar does not open for long enough.
    """
    if span < NOTHING:
        raise ValueError(f"working time cannot be taken back: {span}")
    first = calendar.local_day(start)
    if span == NOTHING:
        return start.astimezone(calendar.tz)
    left = span
    for opened, closed in _open_from(calendar, start):
        if closed - opened >= left:
            return (opened + left).astimezone(calendar.tz)
        left -= closed - opened
    raise NeverOpenError(first)


def elapsed(calendar: WorkCalendar, a: datetime, b: datetime) -> timedelta:
    """The working time between two moments; negative when `b` comes before `a`."""
    first, last = calendar.local_day(a), calendar.local_day(b)
    begin, finish = a.astimezone(UTC), b.astimezone(UTC)
    if finish < begin:
        return -elapsed(calendar, b, a)
    worked = NOTHING
    for day in _days(first, (last - first).days + 1):
        for opened, closed in spans_on(calendar, day):
            worked += max(NOTHING, min(closed, finish) - max(opened, begin))
    return worked


def next_open(calendar: WorkCalendar, moment: datetime) -> datetime:
    """The moment itself while the place is open, otherwise when it next opens. Raises NeverOpenError."""
    first = calendar.local_day(moment)
    for opened, _ in _open_from(calendar, moment):
        return opened.astimezone(calendar.tz)
    raise NeverOpenError(first)


def add_workdays(calendar: WorkCalendar, day: date, n: int) -> date:
    """The n-th working day after a date, or before it when `n` is negative; the date itself for 0.

    Raises NeverOpenError when there are not so many within ten years.
    """
    if n == 0:
        return day
    days = islice(_days(day, HORIZON_DAYS, forward=n > 0), 1, None)
    worked = (one for one in days if is_workday(calendar, one))
    found = next(islice(worked, abs(n) - 1, None), None)
    if found is None:
        raise NeverOpenError(day)
    return found


def _days(first: date, count: int, *, forward: bool = True) -> Iterator[date]:
    """`count` dates from `first` on."""
    step = ONE_DAY if forward else -ONE_DAY
    return (first + position * step for position in range(count))


def _open_from(calendar: WorkCalendar, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open ranges in UTC that end after `start`, the first one cut at `start`, up to the horizon."""
    begin = start.astimezone(UTC)
    for day in _days(calendar.local_day(start), HORIZON_DAYS):
        for opened, closed in spans_on(calendar, day):
            if closed > begin:
                yield max(opened, begin), closed
