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
        return round((float(point) - start) / (end - start) * 100, 1)

    from_left = percent(low) if low is not None else 0.0
    to_right = percent(high) if high is not None else 100.0
    bare = low is None and high is None
    return RangeBar(
        at=percent(value), low=from_left, width=0.0 if bare else round(to_right - from_left, 1), was=None if was is None else percent(was)
    )
