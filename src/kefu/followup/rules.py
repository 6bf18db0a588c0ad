"""When a customer is contacted. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kefu.kernel.months import add_months
from kefu.kernel.worktime import WorkCalendar, add_workdays, is_workday


@dataclass(frozen=True)
class Planned:
    """A contact to be made: its code (d2, m3, spring), its day by the cadence, and the open day it falls on."""

    code: str
    counted: date
    day: date


def open_day(day: date, centre: WorkCalendar) -> date:
    """The day itself when the centre is open, else the next open day: nobody is called on a day off."""
    return day if is_workday(centre, day) else add_workdays(centre, day, 1)


def cadence(start: date, days: int, months: Sequence[int], centre: WorkCalendar) -> list[Planned]:
    """The contacts after a report: some days, then months after its receipt (FUP-001)."""
    counted = [(f"d{days}", start + timedelta(days=days)), *((f"m{n}", add_months(start, n)) for n in months)]
    return [Planned(code, day, open_day(day, centre)) for code, day in counted]


def festive(festivals: Iterable[tuple[str, date]], centre: WorkCalendar) -> list[Planned]:
    """The contacts at festivals, on the day or the first open day after it."""
    return [Planned(f"{code}_{day.year}", day, open_day(day, centre)) for code, day in festivals]
