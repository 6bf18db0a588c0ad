"""Which birthdays are kept on a day: the other way round of when a birthday is kept."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.lunar import lunar_birthday_in, lunar_birthdays_on, solar_birthdays_on, to_lunar


@given(
    day=st.dates(date(1950, 1, 1), date(2090, 12, 31)),
    month=st.integers(1, 12),
    number=st.integers(1, 30),
    leap=st.booleans(),
)
def test_a_lunar_birthday_is_kept_on_exactly_the_day_it_falls_on(day, month, number, leap):
    year = to_lunar(day).year
    kept = lunar_birthday_in(year, month, number, leap)
    assert (month, number, leap) in lunar_birthdays_on(kept)
    assert ((month, number, leap) in lunar_birthdays_on(day)) == (kept == day)


def test_a_leap_month_birthday_without_its_leap_month_is_kept_in_the_plain_one_and_the_thirtieth_on_the_29th():
    assert lunar_birthdays_on(date(2025, 7, 25)) == [(6, 1, True)]
    assert lunar_birthdays_on(date(2025, 6, 25)) == [(6, 1, False)]
    assert lunar_birthdays_on(date(2026, 7, 14)) == [(6, 1, False), (6, 1, True)]
    last = next(
        day for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)) if len(lunar_birthdays_on(day)) == 4
    )
    assert [one[1] for one in lunar_birthdays_on(last)] == [29, 29, 30, 30]


def test_the_29th_of_february_is_kept_on_the_28th_in_other_years():
    assert solar_birthdays_on(date(2027, 2, 28)) == [(2, 28), (2, 29)]
    assert solar_birthdays_on(date(2028, 2, 28)) == [(2, 28)]
    assert solar_birthdays_on(date(2028, 2, 29)) == [(2, 29)]
