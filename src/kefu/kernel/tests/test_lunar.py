"""Lunar dates: festivals known from the calendar on the wall, and birthdays that return every year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.lunar import (
    LunarDay,
    LunarRangeError,
    label,
    lunar_birthday_in,
    next_lunar_birthday,
    to_lunar,
    to_solar,
)
from kefu.kernel.tests.settings import QUICK


@pytest.mark.parametrize(
    ("day", "month", "day_of_month"),
    [
        (date(2025, 1, 29), 1, 1), (date(2026, 2, 17), 1, 1), (date(2027, 2, 6), 1, 1), (date(2026, 3, 3), 1, 15),
        (date(2026, 6, 19), 5, 5), (date(2026, 9, 25), 8, 15), (date(2026, 10, 18), 9, 9), (date(2025, 10, 6), 8, 15),
    ],
)  # fmt: skip
def test_festivals_fall_on_their_day(day: date, month: int, day_of_month: int) -> None:
    assert to_lunar(day) == LunarDay(day.year, month, day_of_month)
    assert to_solar(LunarDay(day.year, month, day_of_month)) == day


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 3, 12), "正月廿四"), (date(2026, 2, 17), "正月初一"), (date(2026, 2, 16), "腊月廿九"),
        (date(2025, 1, 28), "腊月廿九"), (date(2025, 7, 25), "闰六月初一"), (date(2026, 3, 8), "正月二十"),
        (date(2026, 2, 26), "正月初十"), (date(2026, 3, 18), "正月三十"), (date(2026, 3, 9), "正月廿一"),
        (date(2026, 2, 27), "正月十一"), (date(2025, 12, 20), "冬月初一"), (date(2025, 11, 20), "十月初一"),
    ],
)  # fmt: skip
def test_days_are_written_as_people_write_them(day: date, text: str) -> None:
    assert label(day) == text


def test_an_ordinary_lunar_birthday_moves_through_the_solar_year() -> None:
    assert [lunar_birthday_in(year, 8, 15) for year in (2025, 2026, 2027)] == [
        date(2025, 10, 6),
        date(2026, 9, 25),
        date(2027, 9, 15),
    ]


def test_a_leap_month_birthday_uses_the_leap_month_when_the_year_has_it() -> None:
    assert lunar_birthday_in(2025, 6, 1, leap=True) == date(2025, 7, 25)
    assert lunar_birthday_in(2025, 6, 1) == date(2025, 6, 25)


def test_a_leap_month_birthday_uses_the_plain_month_in_other_years() -> None:
    assert lunar_birthday_in(2026, 6, 1, leap=True) == lunar_birthday_in(2026, 6, 1) == date(2026, 7, 14)
    assert lunar_birthday_in(2023, 6, 1, leap=True) == lunar_birthday_in(2023, 6, 1)


def test_day_thirty_is_kept_on_the_29th_of_a_short_month() -> None:
    assert to_lunar(lunar_birthday_in(2025, 12, 30)) == LunarDay(2025, 12, 29)
    assert to_lunar(lunar_birthday_in(2026, 12, 30)) == LunarDay(2026, 12, 29)
    assert to_lunar(lunar_birthday_in(2026, 1, 30)) == LunarDay(2026, 1, 30)


def test_day_thirty_of_a_short_leap_month_stays_in_the_leap_month() -> None:
    assert to_lunar(lunar_birthday_in(2025, 6, 30, leap=True)) == LunarDay(2025, 6, 29, leap=True)


def test_the_next_birthday_may_lie_in_this_lunar_year_or_the_next() -> None:
    assert next_lunar_birthday(date(2026, 9, 25), 8, 15) == date(2026, 9, 25)
    assert next_lunar_birthday(date(2026, 9, 26), 8, 15) == date(2027, 9, 15)
    assert next_lunar_birthday(date(2026, 1, 5), 12, 8) == date(2026, 1, 26)


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(1900, 1, 30), date(2100, 2, 9), date(2200, 1, 1)])
def test_dates_outside_the_table_are_refused(day: date) -> None:
    with pytest.raises(LunarRangeError):
        to_lunar(day)


@pytest.mark.parametrize(
    "lunar", [LunarDay(1899, 1, 1), LunarDay(2100, 1, 1), LunarDay(2026, 6, 1, leap=True), LunarDay(2026, 12, 30)]
)
def test_days_that_are_not_in_the_year_are_refused(lunar: LunarDay) -> None:
    with pytest.raises(LunarRangeError):
        to_solar(lunar)


@pytest.mark.parametrize(
    ("year", "month", "day"), [(1899, 1, 1), (2100, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 31)]
)
def test_birthdays_that_never_occur_are_refused(year: int, month: int, day: int) -> None:
    with pytest.raises(LunarRangeError):
        lunar_birthday_in(year, month, day)


@QUICK
@given(st.dates(date(1900, 1, 31), date(2100, 2, 8)))
def test_there_and_back_again(day: date) -> None:
    assert to_solar(to_lunar(day)) == day


@QUICK
@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(1, 30), st.booleans())
def test_every_birthday_is_kept_once_in_every_year(year: int, month: int, day: int, leap: bool) -> None:
    kept = to_lunar(lunar_birthday_in(year, month, day, leap))
    assert (kept.year, kept.month) == (year, month)
    assert kept.day in (day, day - 1) if day == 30 else kept.day == day


@QUICK
@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 12), st.integers(1, 30), st.booleans())
def test_the_next_birthday_is_never_past_and_never_more_than_thirteen_months_away(
    today: date, month: int, day: int, leap: bool
) -> None:
    assert today <= next_lunar_birthday(today, month, day, leap) <= today + timedelta(days=385)
