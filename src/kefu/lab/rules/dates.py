"""When a report is due. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kefu.kernel.worktime import WorkCalendar, add_workdays, is_workday


@dataclass(frozen=True)
class Reckoning:
    """How the laboratory counts: its calendar, until when a sample counts for the day, in working or calendar days."""

    calendar: WorkCalendar
    receives_until: time | None = None
    calendar_days: bool = False


@dataclass(frozen=True)
class DueDate:
    """A report date: day 0, the days of the slowest test, and the day that follows from them."""

    starts_on: date
    days: int
    due_on: date


def counts_from(reckoning: Reckoning, moment: datetime) -> date:
    """Day 0 for a sample of that moment: the day itself until the cut-off, else the next; in working days an open one."""
    local = moment.astimezone(reckoning.calendar.tz)
    day = local.date()
    late = reckoning.receives_until is not None and local.time() >= reckoning.receives_until
    if reckoning.calendar_days:
        return day + timedelta(days=1) if late else day
    if late or not is_workday(reckoning.calendar, day):
        return add_workdays(reckoning.calendar, day, 1)
    return day


def report_due(reckoning: Reckoning, moment: datetime, turnarounds: Iterable[int]) -> DueDate:
    """The latest report date of several tests (LAB-004, Annex 4 no. 2). Raises ValueError without tests."""
    days = max(turnarounds)
    start = counts_from(reckoning, moment)
    due = start + timedelta(days=days) if reckoning.calendar_days else add_workdays(reckoning.calendar, start, days)
    return DueDate(start, days, due)
