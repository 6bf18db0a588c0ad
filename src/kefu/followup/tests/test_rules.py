"""Days of contact."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kefu.followup.rules import cadence, festive, open_day
from kefu.kernel.months import add_months
from kefu.kernel.worktime import WeekHours, WorkCalendar, is_workday

WEEK = WeekHours.parse({day: [{"from": "08:30", "to": "17:30"}] for day in ("mon", "tue", "wed", "thu", "fri")})
CENTRE = WorkCalendar(WEEK, frozenset({date(2027, 1, 1)}), {})


def test_two_days_three_six_and_twelve_months() -> None:
    planned = cadence(date(2026, 11, 23), 2, [3, 6, 12], CENTRE)
    assert [(row.code, row.day) for row in planned] == [
        ("d2", date(2026, 11, 25)),
        ("m3", date(2027, 2, 23)),
        ("m6", date(2027, 5, 24)),  # 23 May is a Sunday
        ("m12", date(2027, 11, 23)),
    ]


def test_the_end_of_a_month_stays_in_its_month() -> None:
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2027, 11, 30), 3) == date(2028, 2, 29)


def test_festivals_on_days_off_are_called_after_them() -> None:
    assert [row.day for row in festive([("new_year", date(2027, 1, 1))], CENTRE)] == [date(2027, 1, 4)]


@given(st.dates(date(2026, 1, 1), date(2029, 12, 31)), st.integers(0, 36))
def test_nobody_is_called_on_a_day_off_or_before_the_time(day: date, months: int) -> None:
    found = open_day(add_months(day, months), CENTRE)
    assert is_workday(CENTRE, found)
    assert timedelta(0) <= found - add_months(day, months) <= timedelta(days=4)
