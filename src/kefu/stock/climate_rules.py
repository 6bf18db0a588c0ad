"""Which readings can be true, and which are outside the bounds of a zone. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

AHEAD = timedelta(minutes=5)
"""How far a logger's clock may be ahead of ours."""
LONGEST = timedelta(days=1)
COLDEST, HOTTEST = Decimal(-60), Decimal(80)


@dataclass(frozen=True)
class Measured:
    """Lowest and highest temperature (°C) and relative humidity (%) of an interval."""

    began_at: datetime
    ended_at: datetime
    temp_low: Decimal
    temp_high: Decimal
    humidity_low: Decimal
    humidity_high: Decimal


@dataclass(frozen=True)
class Bounds:
    """What a zone must keep; the bounds themselves are good."""

    low: Decimal
    high: Decimal

    def outside(self, lowest: Decimal, highest: Decimal) -> bool:
        """Whether anything of an interval was outside."""
        return lowest < self.low or highest > self.high


@dataclass(frozen=True)
class Stretch:
    """An interval in which something was outside (or was not)."""

    began_at: datetime
    ended_at: datetime
    out: bool


def wrong_with(one: Measured, now: datetime) -> str:
    """Why a reading cannot be true: `future`, `order`, `long`, `absurd`; empty when it can."""
    if one.ended_at > now + AHEAD:
        return "future"
    if one.began_at > one.ended_at or one.temp_low > one.temp_high or one.humidity_low > one.humidity_high:
        return "order"
    if one.ended_at - one.began_at > LONGEST:
        return "long"
    sane = one.temp_low >= COLDEST and one.temp_high <= HOTTEST and one.humidity_low >= 0 and one.humidity_high <= 100
    return "" if sane else "absurd"


def out_since(stretches: Iterable[Stretch]) -> datetime | None:
    """When the run of intervals outside began that the last one belongs to; None when the last one was within bounds.

    The intervals come in their order.
    """
    since: datetime | None = None
    for one in stretches:
        if not one.out:
            since = None
        elif since is None:
            since = one.began_at
    return since
