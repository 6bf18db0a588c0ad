"""Which reference range holds for a person, and what a result says against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal, Protocol, TypeVar

FlagCode = Literal["normal", "low", "high", "critical_low", "critical_high", "none"]


class AgedRange(Protocol):
    """A range for a sex (`any`, `female`, `male`) and for whole years of age, both ends included."""

    @property
    def sex(self) -> str: ...
    @property
    def age_from(self) -> int: ...
    @property
    def age_to(self) -> int: ...


R = TypeVar("R", bound=AgedRange)


class Limits(Protocol):
    """A lower and an upper limit, each of which may be missing."""

    @property
    def low(self) -> Decimal | None: ...
    @property
    def high(self) -> Decimal | None: ...


@dataclass(frozen=True)
class Bounds:
    """A lower and an upper limit, each of which may be missing."""

    low: Decimal | None = None
    high: Decimal | None = None


def pick_range(ranges: Iterable[R], sex: str, age: int | None) -> R | None:
    """The range for a person: one for the sex before one for anybody, then the narrower, then the younger.

    None when no range fits; a person of unknown age has none.
    """
    if age is None:
        return None
    fitting = [one for one in ranges if one.sex in ("any", sex) and one.age_from <= age <= one.age_to]
    return min(fitting, key=lambda one: (one.sex == "any", one.age_to - one.age_from, one.age_from), default=None)


def overlaps(ranges: Sequence[AgedRange]) -> bool:
    """Whether two ranges of the same sex cover a common year of age."""
    ordered = sorted(ranges, key=lambda one: (one.sex, one.age_from))
    return any(a.sex == b.sex and b.age_from <= a.age_to for a, b in pairwise(ordered))


def flag(value: Decimal, limits: Limits | None, critical: Limits | None = None) -> FlagCode:
    """What a result says. A value equal to a limit is within it; without a range nothing is said, not even "normal"."""
    if limits is None:
        return "none"
    if critical is not None:
        if critical.low is not None and value < critical.low:
            return "critical_low"
        if critical.high is not None and value > critical.high:
            return "critical_high"
    if limits.low is not None and value < limits.low:
        return "low"
    if limits.high is not None and value > limits.high:
        return "high"
    return "normal"
