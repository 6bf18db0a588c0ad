"""Which free times suit somebody who waits. Plain Python."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kefu.appointments.choices import PartOfDay
from kefu.kernel.worktime.calendars import SHANGHAI


@dataclass(frozen=True)
class Longing:
    """The days, and as far as it was said the doctor, the parts of the day and the hour somebody waits for."""

    first: date
    last: date
    doctor_id: int | None = None
    parts: Collection[str] = ()
    hour: time | None = None

    def suits(self, moment: datetime, doctor_id: int) -> bool:
        """Whether a time of a doctor is one of those waited for."""
        start = moment.astimezone(SHANGHAI)
        return (
            self.first <= start.date() <= self.last
            and self.doctor_id in (None, doctor_id)
            and (not self.parts or PartOfDay.of(moment) in self.parts)
            and self.hour in (None, start.time())
        )

    def over(self, at: datetime) -> bool:
        """Whether nothing waited for can come any more."""
        latest = datetime.combine(self.last, self.hour or time.max, SHANGHAI)
        return latest <= at


def answer_by(due: datetime, start: datetime, lead: timedelta) -> datetime:
    """Until when a free time is kept for who waits: the deadline, but never so long that nobody could come after it."""
    return min(due, start - lead)
