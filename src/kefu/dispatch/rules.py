"""Pure rules of the dispatch registers: what a coach needs, and how a day's figures come about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kefu.kernel.names import surname


@dataclass(frozen=True)
class Figures:
    """Packs of one order at the end of a day: signed for and not given up, left before and on the day, come back before and on the day."""

    ordered: int
    left_before: int
    left_today: int
    back_before: int = 0
    back_today: int = 0

    @property
    def open(self) -> int:
        """Packs that had not been shipped when the day was over."""
        return self.ordered - self.left_before - self.left_today + self.back_before + self.back_today


@dataclass(frozen=True)
class Counts:
    """The counts of a day: orders with packs that were shipped, and orders with packs that were not; an order sent in parts is in both."""

    shipped_orders: int
    shipped_packs: int
    open_orders: int
    open_packs: int


def on_calendar(day: date) -> bool:
    """Whether a day or moment lies in the years 1900 to 2099, which days have everywhere."""
    return 1900 <= day.year < 2100


def on_paper(name: str) -> str:
    """A customer's name on a paper of many customers: the family name alone, which with the order number is enough to hand the goods over."""
    words = name.split()
    if len(words) > 1:
        return f"{words[-1]} *"
    return f"{surname(name)}*" if name else ""


def counts(rows: list[Figures]) -> Counts:
    """The counts over the orders of a day (STK-025)."""
    shipped, waiting = [row for row in rows if row.left_today], [row for row in rows if row.open > 0]
    return Counts(len(shipped), sum(row.left_today for row in shipped), len(waiting), sum(row.open for row in waiting))


def coach_lacks(*, plate: str, driver_phone: str, pickup_point: str, arrives: bool) -> list[str]:
    """What must be known of a coach before customers can meet it: names of fields (STK-023)."""
    given = {"plate": plate, "driver_phone": driver_phone, "pickup_point": pickup_point, "arrives_at": arrives}
    return [name for name, value in given.items() if not value]
