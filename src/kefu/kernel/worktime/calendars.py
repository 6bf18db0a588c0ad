"""When a place is open: hours per weekday, holidays, and make-up workdays that borrow another weekday's hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from kefu.kernel.periods import Period

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT: Final = time(0, 0)
ONE_DAY: Final = timedelta(days=1)

DayHours = tuple[tuple[time, time], ...]
"""The opening hours of one day as `[from, to)`; `to` of 00:00 is the end of the day."""


@dataclass(frozen=True)
class WeekHours:
    """Opening hours from Monday to Sunday.

    Raises ValueError unless there are seven days whose ranges are in order, not empty and without overlap.
    """

    days: tuple[DayHours, ...]

    def __post_init__(self) -> None:
        if len(self.days) != len(WEEKDAYS):
            raise ValueError(f"a week has seven days, not {len(self.days)}")
        for name, hours in zip(WEEKDAYS, self.days, strict=True):
            _check_day(name, hours)

    @classmethod
    def parse(cls, week: Mapping[str, Sequence[Mapping[str, str]]]) -> WeekHours:
        """Read `{"mon": [{"from": "08:30", "to": "12:00"}], ...}`; a missing day is closed. Raises ValueError."""
        unknown = set(week) - set(WEEKDAYS)
        if unknown:
            raise ValueError(f"not a weekday: {', '.join(sorted(unknown))}")
        return cls(
            tuple(tuple((_clock(one["from"]), _clock(one["to"])) for one in week.get(name, ())) for name in WEEKDAYS)
        )


def _clock(text: str) -> time:
    return MIDNIGHT if text == "24:00" else time.fromisoformat(text)


def _check_day(name: str, hours: DayHours) -> None:
    """Refuse ranges that are empty, backwards, overlapping, out of order or tied to a time zone."""
    reached = MIDNIGHT
    for position, (start, end) in enumerate(hours):
        if start.tzinfo or end.tzinfo:
            raise ValueError(f"{name}: opening hours take the calendar's time zone")
        if start < reached or (position and reached == MIDNIGHT):
            raise ValueError(f"{name}: {start} overlaps or precedes the range before it")
        if end != MIDNIGHT and end <= start:
            raise ValueError(f"{name}: {start} to {end} is empty")
        reached = end


@dataclass(frozen=True)
class WorkCalendar:
    """The hours of a week, the dates that are off, and the dates worked as another weekday (0 is Monday).

    A date that is both a holiday and a make-up workday is worked: naming the weekday is the more particular
    statement. Whoever composes calendars settles local against national before. Where `tz` changes its clocks, hours
    must not begin or end inside the hour that is skipped.
    """

    week: WeekHours
    holidays: frozenset[date] = frozenset()
    makeup: Mapping[date, int] = field(default_factory=dict, hash=False)
    tz: tzinfo = SHANGHAI

    def __post_init__(self) -> None:
        wrong = [day for day, weekday in self.makeup.items() if not 0 <= weekday <= 6]
        if wrong:
            raise ValueError(f"a make-up workday works as weekday 0 to 6: {min(wrong)}")

    def hours_on(self, day: date) -> DayHours:
        """The opening hours that apply on a date, after holidays and make-up workdays."""
        borrowed = self.makeup.get(day)
        if borrowed is not None:
            return self.week.days[borrowed]
        if day in self.holidays:
            return ()
        return self.week.days[day.weekday()]

    def local_day(self, moment: datetime) -> date:
        """The calendar's date at an aware moment. Raises ValueError for a naive one."""
        if moment.utcoffset() is None:
            raise ValueError(f"working time needs aware moments, not {moment!r}")
        return moment.astimezone(self.tz).date()


def is_workday(calendar: WorkCalendar, day: date) -> bool:
    """Whether the place opens at all on that date."""
    return bool(calendar.hours_on(day))


def ranges_on(calendar: WorkCalendar, day: date) -> list[Period[datetime]]:
    """The open periods of a date, in order, in the calendar's time zone."""
    return [Period(_local(calendar, start), _local(calendar, end)) for start, end in spans_on(calendar, day)]


def spans_on(calendar: WorkCalendar, day: date) -> list[tuple[datetime, datetime]]:
    """The open periods of a date as pairs in UTC, where subtracting gives true lengths whatever the time zone."""
    return [
        (_moment(calendar, day, start), _moment(calendar, day + ONE_DAY if end == MIDNIGHT else day, end))
        for start, end in calendar.hours_on(day)
    ]


def _moment(calendar: WorkCalendar, day: date, at: time) -> datetime:
    return datetime.combine(day, at, calendar.tz).astimezone(UTC)


def _local(calendar: WorkCalendar, moment: datetime) -> datetime:
    return moment.astimezone(calendar.tz)
