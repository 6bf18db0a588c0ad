"""Lunar dates from 1900 to 2099: conversion, birthdays that return every year, and how they are written."""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date
from typing import Final

from lunar_python import Lunar, LunarYear, Solar  # type: ignore[import-untyped, unused-ignore]

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2099
SHORT: Final = 29
"""The days of a short month."""

_MONTHS: Final = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
_UNITS: Final = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


class LunarRangeError(ValueError):
    """The date lies outside the lunar years 1900 to 2099, or there is no such day in that lunar year."""


@dataclass(frozen=True)
class LunarDay:
    """A day of the lunar calendar; `leap` says that the month is the second of its number in that year."""

    year: int
    month: int
    day: int
    leap: bool = False

    @property
    def label(self) -> str:
        """The day as people write it, without the year: 正月廿四, 闰六月初一, 腊月三十."""
        return f"{'闰' if self.leap else ''}{_MONTHS[self.month - 1]}月{_day_label(self.day)}"


def _day_label(day: int) -> str:
    if day in (20, 30):
        return "二十" if day == 20 else "三十"
    return ("初", "十", "廿")[(day - 1) // 10] + _UNITS[(day - 1) % 10]


def to_lunar(day: date) -> LunarDay:
    """The lunar day of a solar date. Raises LunarRangeError."""
    found = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    lunar = LunarDay(found.getYear(), abs(found.getMonth()), found.getDay(), found.getMonth() < 0)
    if not FIRST_YEAR <= lunar.year <= LAST_YEAR:
        raise LunarRangeError(f"no lunar date for {day}")
    return lunar


def to_solar(lunar: LunarDay) -> date:
    """The solar date of a lunar day. Raises LunarRangeError, also for a leap month or day 30 the year has not."""
    solar = _solar(lunar)
    if solar is None:
        raise LunarRangeError(f"no such lunar day: {lunar}")
    return solar


def _solar(lunar: LunarDay) -> date | None:
    if not (FIRST_YEAR <= lunar.year <= LAST_YEAR and 1 <= lunar.month <= 12):
        return None
    month = LunarYear.fromYear(lunar.year).getMonth(-lunar.month if lunar.leap else lunar.month)
    if month is None or not 1 <= lunar.day <= month.getDayCount():
        return None
    solar = Lunar.fromYmd(lunar.year, month.getMonth(), lunar.day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def label(day: date) -> str:
    """A solar date in lunar words: 2026-03-12 is 正月廿四. Raises LunarRangeError."""
    return to_lunar(day).label


def lunar_birthday_in(year: int, month: int, day: int, leap: bool = False) -> date:
    """When a lunar birthday is kept in the lunar year `year` (FUP-007).

    A birthday in a leap month is kept in the leap month when the year has it, otherwise in the plain month of that
    number; day 30 is kept on the 29th when the month has no 30th. Months 11 and 12 mostly fall in the next solar
    year. Raises LunarRangeError for years outside 1900 to 2099 and for months and days that never occur.
    """
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 30):
        raise LunarRangeError(f"no lunar birthday on month {month} day {day} of {year}")
    in_leap = leap and LunarYear.fromYear(year).getLeapMonth() == month
    kept = _solar(LunarDay(year, month, day, in_leap))
    return kept if kept is not None else to_solar(LunarDay(year, month, day - 1, in_leap))


def next_lunar_birthday(today: date, month: int, day: int, leap: bool = False) -> date:
    """The first time on or after `today` that a lunar birthday is kept. Raises LunarRangeError."""
    this_year = lunar_birthday_in(to_lunar(today).year, month, day, leap)
    return this_year if this_year >= today else lunar_birthday_in(to_lunar(today).year + 1, month, day, leap)


def lunar_birthdays_on(day: date) -> list[tuple[int, int, bool]]:
    """The lunar birthdays (month, day, leap) that are kept on a solar day, by the rule of `lunar_birthday_in`. Raises LunarRangeError."""
    lunar = to_lunar(day)
    days = [lunar.day]
    if lunar.day == SHORT and _solar(LunarDay(lunar.year, lunar.month, SHORT + 1, lunar.leap)) is None:
        days.append(SHORT + 1)
    if lunar.leap:
        return [(lunar.month, one, True) for one in days]
    has_leap = LunarYear.fromYear(lunar.year).getLeapMonth() == lunar.month
    return [(lunar.month, one, leap) for one in days for leap in ((False,) if has_leap else (False, True))]


def solar_birthdays_on(day: date) -> list[tuple[int, int]]:
    """The solar birthdays (month, day) that are kept on a day: one of 29 February on the 28th where the year has no 29th."""
    kept = [(day.month, day.day)]
    return [*kept, (2, 29)] if kept == [(2, 28)] and not isleap(day.year) else kept
