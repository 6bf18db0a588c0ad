"""Deadlines of a centre around the holidays of 2026, as the wall calendar gives them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from kefu.kernel.periods import Period
from kefu.kernel.tests.calendars_2026 import CALL_CENTRE, CENTRE, CLOCK, LABORATORY, at, weekdays
from kefu.kernel.worktime import (
    NeverOpenError,
    WeekHours,
    WorkAmount,
    WorkCalendar,
    WorkUnit,
    add_workdays,
    add_worktime,
    due,
    elapsed,
    is_workday,
    next_open,
    ranges_on,
)


def hours(amount: int) -> WorkAmount:
    return WorkAmount(amount, WorkUnit.WORKING_HOURS)


def workdays(amount: int) -> WorkAmount:
    return WorkAmount(amount, WorkUnit.WORKING_DAYS)


def test_the_saturday_before_spring_festival_works_as_a_friday() -> None:
    assert is_workday(CENTRE, date(2026, 2, 14))
    assert ranges_on(CENTRE, date(2026, 2, 14)) == [
        Period(at("02-14 08:30"), at("02-14 12:00")),
        Period(at("02-14 13:00"), at("02-14 17:30")),
    ]


def test_spring_festival_is_closed_for_nine_days() -> None:
    closed = [date(2026, 2, day) for day in range(15, 24)]
    assert not any(is_workday(CENTRE, day) for day in closed)
    assert is_workday(CENTRE, date(2026, 2, 24))
    assert all(is_workday(CALL_CENTRE, day) for day in closed)


def test_a_makeup_day_has_the_hours_of_the_weekday_it_works_as() -> None:
    week = weekdays(("09:00", "17:00")) | {"fri": [{"from": "09:00", "to": "15:00"}]}
    calendar = WorkCalendar(WeekHours.parse(week), CENTRE.holidays, CENTRE.makeup)
    assert ranges_on(calendar, date(2026, 2, 14)) == [Period(at("02-14 09:00"), at("02-14 15:00"))]
    assert ranges_on(calendar, date(2026, 1, 4)) == [Period(at("01-04 09:00"), at("01-04 17:00"))]


def test_a_makeup_day_that_works_as_a_closed_weekday_is_closed() -> None:
    closed_mondays = {name: hours for name, hours in weekdays(("09:00", "17:00")).items() if name != "mon"}
    assert not is_workday(WorkCalendar(WeekHours.parse(closed_mondays), makeup=CENTRE.makeup), date(2026, 1, 4))


def test_a_date_named_as_holiday_and_as_makeup_day_is_worked() -> None:
    day = date(2026, 2, 14)
    assert is_workday(WorkCalendar(CENTRE.week, CENTRE.holidays | {day}, CENTRE.makeup), day)


@pytest.mark.parametrize(
    ("start", "amount", "deadline"),
    [
        ("03-12 09:00", 2, "03-12 11:00"),
        ("03-12 11:00", 2, "03-12 14:00"),
        ("03-12 08:30", 8, "03-12 17:30"),
        ("03-12 10:00", 2, "03-12 12:00"),
        ("03-12 07:00", 4, "03-12 13:30"),
        ("03-12 12:20", 4, "03-12 17:00"),
        ("03-13 16:20", 4, "03-16 11:20"),
        ("03-14 10:00", 4, "03-16 13:30"),
        ("02-13 16:20", 4, "02-14 11:20"),
        ("02-14 16:20", 4, "02-24 11:20"),
        ("02-17 10:00", 1, "02-24 09:30"),
        ("02-14 17:30", 1, "02-24 09:30"),
        ("09-30 16:30", 2, "10-08 09:30"),
    ],
)
def test_working_hours_skip_lunch_nights_and_holidays(start: str, amount: int, deadline: str) -> None:
    assert due(CENTRE, at(start), hours(amount)) == at(deadline)


@pytest.mark.parametrize(
    ("start", "amount", "deadline"),
    [
        ("03-12 09:00", 1, "03-13 17:30"),
        ("03-12 07:00", 1, "03-13 17:30"),
        ("03-12 20:00", 1, "03-13 17:30"),
        ("03-13 09:00", 1, "03-16 17:30"),
        ("03-14 09:00", 1, "03-16 17:30"),
        ("02-13 09:00", 1, "02-14 17:30"),
        ("02-13 09:00", 2, "02-24 17:30"),
        ("02-14 09:00", 5, "02-28 17:30"),
        ("02-17 09:00", 3, "02-26 17:30"),
    ],
)
def test_working_days_end_at_the_close_of_the_nth_working_day_after(start: str, amount: int, deadline: str) -> None:
    assert due(CENTRE, at(start), workdays(amount)) == at(deadline)


@pytest.mark.parametrize(
    ("unit", "amount", "deadline"),
    [("clock_minutes", 90, "02-14 18:30"), ("hours", 72, "02-17 17:00"), ("clock_days", 7, "02-21 17:00")],
)
def test_clock_time_ignores_the_calendar(unit: str, amount: int, deadline: str) -> None:
    assert due(CENTRE, at("02-14 17:00"), WorkAmount(amount, WorkUnit(unit))) == at(deadline)


def test_a_day_may_end_at_midnight() -> None:
    assert due(CLOCK, at("03-12 22:00"), hours(24)) == at("03-13 22:00")
    assert due(CLOCK, at("03-12 22:00"), hours(2)) == at("03-13 00:00")
    assert due(CLOCK, at("03-12 22:00"), workdays(1)) == at("03-14 00:00")
    assert elapsed(CLOCK, at("03-01 00:00"), at("04-01 00:00")) == timedelta(days=31)


def test_deadlines_are_given_in_the_time_of_the_place_wherever_the_start_was_written() -> None:
    start = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)
    deadline = due(CENTRE, start, hours(2))
    assert deadline.isoformat() == "2026-03-12T11:00:00+08:00"
    late_evening_in_utc = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)
    assert due(CENTRE, late_evening_in_utc, workdays(1)) == at("03-16 17:30")


@pytest.mark.parametrize(
    ("day", "n", "found"),
    [
        ("2026-03-12", 1, "2026-03-13"),
        ("2026-03-12", 7, "2026-03-23"),
        ("2026-03-14", 1, "2026-03-16"),
        ("2026-02-12", 10, "2026-03-04"),
        ("2026-02-20", 0, "2026-02-20"),
        ("2026-02-20", -1, "2026-02-14"),
        ("2026-02-24", -2, "2026-02-13"),
    ],
)
def test_laboratory_report_dates_count_laboratory_days(day: str, n: int, found: str) -> None:
    assert add_workdays(LABORATORY, date.fromisoformat(day), n) == date.fromisoformat(found)


@pytest.mark.parametrize(
    ("a", "b", "minutes"),
    [
        ("03-12 09:00", "03-12 11:00", 120),
        ("03-12 11:30", "03-12 13:30", 60),
        ("03-12 12:00", "03-12 13:00", 0),
        ("02-14 17:00", "02-24 09:00", 60),
        ("02-15 00:00", "02-24 00:00", 0),
        ("03-12 11:00", "03-12 09:00", -120),
        ("03-09 00:00", "03-16 00:00", 5 * 480),
    ],
)
def test_elapsed_working_time(a: str, b: str, minutes: int) -> None:
    assert elapsed(CENTRE, at(a), at(b)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("03-12 09:00", "03-12 09:00"),
        ("03-12 12:00", "03-12 13:00"),
        ("03-12 17:30", "03-13 08:30"),
        ("02-14 18:00", "02-24 08:30"),
    ],
)
def test_when_it_next_opens(moment: str, opened: str) -> None:
    assert next_open(CENTRE, at(moment)) == at(opened)


def test_what_is_left_after_a_pause_is_added_to_the_second() -> None:
    assert add_worktime(CENTRE, at("03-12 11:59:30"), timedelta(seconds=45)) == at("03-12 13:00:15")
    assert add_worktime(CENTRE, at("03-12 12:30"), timedelta(0)) == at("03-12 12:30")
    with pytest.raises(ValueError, match="cannot be taken back"):
        add_worktime(CENTRE, at("03-12 09:00"), timedelta(minutes=-1))


def test_a_calendar_without_opening_hours_says_so() -> None:
    closed = WorkCalendar(WeekHours.parse({}))
    searches: tuple[Callable[[], object], ...] = (
        lambda: due(closed, at("03-12 09:00"), hours(1)),
        lambda: due(closed, at("03-12 09:00"), workdays(1)),
        lambda: next_open(closed, at("03-12 09:00")),
        lambda: add_workdays(closed, date(2026, 3, 12), -1),
    )
    for search in searches:
        with pytest.raises(NeverOpenError, match="of 2026-03-12"):
            search()
    assert elapsed(closed, at("01-01 00:00"), at("12-31 00:00")) == timedelta(0)


def test_a_calendar_that_opens_only_once_runs_out() -> None:
    once = WorkCalendar(WeekHours.parse(weekdays(("09:00", "10:00"))), makeup={date(2026, 3, 14): 0})
    only_makeup = WorkCalendar(once.week, frozenset(date(2026, 1, 1) + timedelta(n) for n in range(4000)), once.makeup)
    assert due(only_makeup, at("03-12 09:00"), hours(1)) == at("03-14 10:00")
    with pytest.raises(NeverOpenError):
        due(only_makeup, at("03-12 09:00"), hours(2))


def test_naive_moments_are_refused() -> None:
    naive = datetime(2026, 3, 12, 9)
    uses: tuple[Callable[[], object], ...] = (
        lambda: due(CENTRE, naive, hours(1)),
        lambda: due(CENTRE, naive, WorkAmount(1, WorkUnit.CLOCK_DAYS)),
        lambda: elapsed(CENTRE, naive, at("03-12 09:00")),
        lambda: next_open(CENTRE, naive),
    )
    for use in uses:
        with pytest.raises(ValueError, match="aware moments"):
            use()
