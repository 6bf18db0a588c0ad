"""When a step happens: working days counted from the day of loading, and the days on which a doctor holds clinic."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kefu.kernel.worktime import WorkCalendar, add_workdays, is_workday
from kefu.kernel.worktime.calendars import SHANGHAI

WRITTEN = re.compile(r"(?P<clinic>c?)(?P<offset>[+-]?\d+)(?:\+(?P<later>\d+))?")
LONGEST_GAP = 40  # days without clinic, over the longest holidays


@dataclass(frozen=True)
class Days:
    """The working days of one centre around today, and a doctor's clinic days among them (`weekdays`, 0 is Monday)."""

    today: date
    calendar: WorkCalendar
    weekdays: Collection[int]

    def day(self, written: str) -> date:
        """The date of `-12`, `c-12`, `c-12+3` or `c+2`. Raises ValueError for anything else."""
        match = WRITTEN.fullmatch(written)
        if match is None:
            raise ValueError(f"{written!r} is no day of a story")
        offset = int(match["offset"])
        found = add_workdays(self.calendar, self.today, offset)
        if match["clinic"]:
            found = self._clinic_day(found, forward=offset > 0)
        return add_workdays(self.calendar, found, int(match["later"] or 0))

    def moment(self, written: str, clock: str) -> datetime:
        """The moment of a day at a time such as 09:30."""
        return datetime.combine(self.day(written), time.fromisoformat(clock), SHANGHAI)

    def _clinic_day(self, start: date, *, forward: bool) -> date:
        step = timedelta(days=1 if forward else -1)
        for distance in range(LONGEST_GAP):
            day = start + distance * step
            if is_workday(self.calendar, day) and self.calendar.makeup.get(day, day.weekday()) in self.weekdays:
                return day
        raise ValueError(f"no clinic within {LONGEST_GAP} days of {start}")
