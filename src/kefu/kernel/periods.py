"""Periods `[from, to)`: the first moment belongs to them, the last does not, so neighbours never overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T", date, datetime)


@dataclass(frozen=True, order=True)
class Period(Generic[T]):
    """A stretch of dates or of aware moments from `start` up to but without `end`.

    Raises ValueError when it would be empty or run backwards, or when a moment has no time zone.
    """

    start: T
    end: T

    def __post_init__(self) -> None:
        for edge in (self.start, self.end):
            if isinstance(edge, datetime) and edge.utcoffset() is None:
                raise ValueError(f"a period needs aware moments, not {edge!r}")
        if self.start >= self.end:
            raise ValueError(f"a period must end after it starts: {self.start} to {self.end}")

    @property
    def length(self) -> timedelta:
        """How long the period lasts."""
        return self.end - self.start

    def contains(self, moment: T) -> bool:
        """Whether the moment lies inside; the end does not."""
        return self.start <= moment < self.end

    def covers(self, other: Period[T]) -> bool:
        """Whether the other period lies wholly inside this one."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period[T]) -> bool:
        """Whether the two share any moment; touching is not overlapping."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: Period[T]) -> Period[T] | None:
        """The part both share, or None."""
        if not self.overlaps(other):
            return None
        return Period(max(self.start, other.start), min(self.end, other.end))


def merge(periods: Iterable[Period[T]]) -> list[Period[T]]:
    """Sort the periods and join those that overlap or touch."""
    merged: list[Period[T]] = []
    for period in sorted(periods, key=lambda one: one.start):
        if merged and period.start <= merged[-1].end:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return merged


def intersect(left: Iterable[Period[T]], right: Iterable[Period[T]]) -> list[Period[T]]:
    """The time that lies both in a period of `left` and in one of `right`, merged and in order."""
    ours, theirs = merge(left), merge(right)
    shared: list[Period[T]] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        common = ours[i].intersection(theirs[j])
        if common is not None:
            shared.append(common)
        if ours[i].end <= theirs[j].end:
            i += 1
        else:
            j += 1
    return shared


def subtract(periods: Iterable[Period[T]], taken: Iterable[Period[T]]) -> list[Period[T]]:
    """What is left of `periods` once the `taken` ones are cut out, merged and in order."""
    holes = merge(taken)
    left: list[Period[T]] = []
    first = 0
    for period in merge(periods):
        while first < len(holes) and holes[first].end <= period.start:
            first += 1
        left.extend(_cut(period, holes, first))
    return left


def _cut(period: Period[T], holes: list[Period[T]], first: int) -> list[Period[T]]:
    """The pieces of one period around the holes, looking only from hole number `first` on."""
    pieces: list[Period[T]] = []
    start = period.start
    for position in range(first, len(holes)):
        hole = holes[position]
        if hole.start >= period.end:
            break
        if start < hole.start:
            pieces.append(Period(start, hole.start))
        start = max(start, hole.end)
    if start < period.end:
        pieces.append(Period(start, period.end))
    return pieces
