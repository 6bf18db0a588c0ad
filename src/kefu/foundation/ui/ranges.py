"""Where a measured value stands on a bar: plain arithmetic, in percent of the bar's width."""

from __future__ import annotations

from dataclasses import dataclass

MARGIN = 0.3
"""The bar shows the reference range with this share of its width on each side, or more if a value lies further out."""


@dataclass(frozen=True)
class RangeBar:
    """Percentages from the left; None is not drawn. `width` belongs to the reference range."""

    at: float
    low: float
    width: float
    was: float | None


def place(value: float, low: float | None, high: float | None, was: float | None = None) -> RangeBar:
    """Lay out a result against its reference range; a range may be open on one side, or missing on both."""
    points = [float(point) for point in (value, low, high, was) if point is not None]
    least, most = min(points), max(points)
    spread = (float(high) - float(low)) if low is not None and high is not None else (most - least) or abs(most) or 1.0
    start, end = least - spread * MARGIN, most + spread * MARGIN

    def percent(point: float) -> float:
        return (float(point) - start) / (end - start) * 100

    from_left = 0.0 if low is None else percent(low)
    to_right = 100.0 if high is None else percent(high)
    width = 0.0 if low is None and high is None else to_right - from_left
    return RangeBar(
        at=round(percent(value), 1),
        low=round(from_left, 1),
        width=round(width, 1),
        was=None if was is None else round(percent(was), 1),
    )
