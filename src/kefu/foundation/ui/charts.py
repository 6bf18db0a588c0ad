"""Bars of a chart: plain arithmetic, in percent of the chart's width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FULL = 100.0


@dataclass(frozen=True)
class Series:
    """One kind of part that bars are made of: its name and its tone."""

    label: object
    tone: str


@dataclass(frozen=True)
class Part:
    """A part of a bar: where it begins and how long it is."""

    at: float
    width: float
    tone: str


@dataclass(frozen=True)
class Bar:
    """A labelled bar of parts laid end to end; `mark` is where a line stands across it, `words` say it all aloud."""

    label: object
    total: int
    parts: tuple[Part, ...]
    mark: float | None
    words: str


Row = tuple[object, Sequence[int], int | None]
"""A label, a number for each series, and perhaps a number to mark."""


def stacked(rows: Sequence[Row], series: Sequence[Series]) -> list[Bar]:
    """Bars on one scale, the longest of them (or the furthest mark) as wide as the chart."""
    longest = max((max(sum(numbers), mark or 0) for _label, numbers, mark in rows), default=0) or 1
    return [_bar(row, series, longest) for row in rows]


def _bar(row: Row, series: Sequence[Series], longest: int) -> Bar:
    label, numbers, mark = row
    parts, reached = [], 0
    for number, kind in zip(numbers, series, strict=True):
        if number:
            parts.append(Part(_percent(reached, longest), _percent(number, longest), kind.tone))
        reached += number
    told = " · ".join(f"{kind.label} {number}" for number, kind in zip(numbers, series, strict=True) if number)
    words = f"{label}: {told or 0}"
    return Bar(label, reached, tuple(parts), None if mark is None else _percent(mark, longest), words)


def _percent(number: int, longest: int) -> float:
    return round(number * FULL / longest, 2)
