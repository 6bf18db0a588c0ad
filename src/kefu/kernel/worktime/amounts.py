"""How long something may take: so many minutes, hours or days, of work or of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class WorkUnit(StrEnum):
    """The unit of a deadline. `hours`, `days` and `minutes` alone are read as those of the clock."""

    WORKING_MINUTES = "working_minutes"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CLOCK_MINUTES = "clock_minutes"
    CLOCK_HOURS = "clock_hours"
    CLOCK_DAYS = "clock_days"

    @classmethod
    def _missing_(cls, value: object) -> WorkUnit | None:
        plain = {"minutes": cls.CLOCK_MINUTES, "hours": cls.CLOCK_HOURS, "days": cls.CLOCK_DAYS}
        return plain.get(value) if isinstance(value, str) else None


_LENGTHS: Final = {
    WorkUnit.WORKING_MINUTES: timedelta(minutes=1),
    WorkUnit.WORKING_HOURS: timedelta(hours=1),
    WorkUnit.CLOCK_MINUTES: timedelta(minutes=1),
    WorkUnit.CLOCK_HOURS: timedelta(hours=1),
    WorkUnit.CLOCK_DAYS: timedelta(days=1),
}


@dataclass(frozen=True)
class WorkAmount:
    """An amount of time of at least one unit. Raises ValueError for less."""

    amount: int
    unit: WorkUnit

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", WorkUnit(self.unit))
        if self.amount < 1:
            raise ValueError(f"a deadline needs at least one unit, not {self.amount}")

    @property
    def is_clock(self) -> bool:
        """Whether nights and holidays count too."""
        return self.unit in (WorkUnit.CLOCK_MINUTES, WorkUnit.CLOCK_HOURS, WorkUnit.CLOCK_DAYS)

    @property
    def span(self) -> timedelta:
        """The amount as a length of time. Raises ValueError for working days, which differ in length."""
        if self.unit is WorkUnit.WORKING_DAYS:
            raise ValueError("working days have no fixed length")
        return self.amount * _LENGTHS[self.unit]
