"""Seasons and months by which promotions are planned (PRD-013)."""

from __future__ import annotations

from datetime import date

_SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "winter": (12, 1, 2)}


def months_of(season: str) -> tuple[int, ...]:
    """The months of a season; none for a word that is no season."""
    return _SEASONS.get(season, ())


def season_of(month: int) -> str:
    """The season of a month: March to May is spring. Raises ValueError for a number that is no month."""
    for season, months in _SEASONS.items():
        if month in months:
            return season
    raise ValueError(f"no month: {month}")


def month_after(day: date) -> tuple[date, date]:
    """The first day of the month after a day, and of the month after that."""
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
