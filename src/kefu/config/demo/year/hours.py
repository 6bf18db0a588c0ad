"""Moments in the working time of a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from django.utils import timezone

from kefu.kernel.worktime import WorkCalendar, add_workdays, is_workday, next_open, ranges_on
from kefu.kernel.worktime.calendars import SHANGHAI

EARLIEST, LATEST = time(8, 40), time(17, 10)
MARGIN = timedelta(minutes=12)
"""Nothing begins in the last minutes before a break or the close."""


@dataclass(frozen=True)
class Hours:
    """When a place works."""

    calendar: WorkCalendar

    def later(self, at: datetime, chance: Random, least: int, most: int) -> datetime:
        """Some time of a working day, so many working days later."""
        days = chance.randint(least, most)
        if days == 0 and is_workday(self.calendar, timezone.localdate(at)):
            return self.soon(at, chance, 20, 120)
        return self._on(at, days or 1, chance)

    def soon(self, at: datetime, chance: Random, least: int, most: int) -> datetime:
        """So many minutes later; in the morning of the next working day when the place has closed by then."""
        wanted = at + timedelta(minutes=chance.randint(least, most))
        for opened in ranges_on(self.calendar, timezone.localdate(at)):
            last = min(opened.end, self._clock(at, LATEST)) - MARGIN
            if wanted <= last:
                return max(wanted, opened.start + timedelta(minutes=chance.randint(2, 9)))
        return self._on(at, 1, chance, morning=True)

    def daily(self, at: datetime, clock: time) -> datetime:
        """The same time of the next working day."""
        return datetime.combine(add_workdays(self.calendar, timezone.localdate(at), 1), clock, SHANGHAI)

    def open_at(self, moment: datetime) -> datetime:
        """A moment itself, or when the place next opens."""
        return next_open(self.calendar, moment)

    def _on(self, at: datetime, days: int, chance: Random, *, morning: bool = False) -> datetime:
        day = add_workdays(self.calendar, timezone.localdate(at), days)
        start = datetime.combine(day, time.min, SHANGHAI)
        spans = [
            (max(opened.start, self._clock(start, EARLIEST)), min(opened.end, self._clock(start, LATEST)) - MARGIN)
            for opened in ranges_on(self.calendar, day)
        ]
        spans = [(first, last) for first, last in spans if first < last][: 1 if morning else None]
        first, last = chance.choices(spans, [(last - first).total_seconds() for first, last in spans])[0]
        return first + timedelta(minutes=chance.randint(0, int((last - first).total_seconds() // 60)))

    @staticmethod
    def _clock(at: datetime, clock: time) -> datetime:
        return datetime.combine(timezone.localdate(at), clock, SHANGHAI)
