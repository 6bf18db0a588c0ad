"""Opening hours and amounts: what may be written and what is refused."""

from datetime import UTC, date, time, timedelta

import pytest

from kefu.kernel.tests.calendars_2026 import CENTRE
from kefu.kernel.worktime import WeekHours, WorkAmount, WorkCalendar, WorkUnit


def test_hours_are_read_as_they_are_written_in_the_calendar() -> None:
    week = WeekHours.parse({"mon": [{"from": "08:30", "to": "12:00"}, {"from": "12:00", "to": "24:00"}], "sun": []})
    assert week.days[0] == ((time(8, 30), time(12)), (time(12), time(0)))
    assert week.days[1:] == ((),) * 6


@pytest.mark.parametrize(
    ("ranges", "complaint"),
    [
        ([("09:00", "09:00")], "is empty"),
        ([("09:00", "08:00")], "is empty"),
        ([("09:00", "12:00"), ("11:00", "13:00")], "overlaps or precedes"),
        ([("13:00", "17:00"), ("09:00", "12:00")], "overlaps or precedes"),
        ([("13:00", "24:00"), ("09:00", "12:00")], "overlaps or precedes"),
        ([("09:00", "12:00"), ("13:00", "25:00")], "hour must be in"),
    ],
)
def test_hours_that_make_no_sense_are_refused(ranges: list[tuple[str, str]], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        WeekHours.parse({"wed": [{"from": start, "to": end} for start, end in ranges]})


def test_a_week_has_seven_known_days() -> None:
    with pytest.raises(ValueError, match="seven days"):
        WeekHours(((),) * 6)
    with pytest.raises(ValueError, match="not a weekday: holiday"):
        WeekHours.parse({"holiday": []})


def test_opening_hours_have_no_zone_of_their_own() -> None:
    with pytest.raises(ValueError, match="calendar's time zone"):
        WeekHours((((time(9, tzinfo=UTC), time(12, tzinfo=UTC)),), *((),) * 6))


def test_a_makeup_day_names_a_weekday() -> None:
    with pytest.raises(ValueError, match="weekday 0 to 6: 2026-02-14"):
        WorkCalendar(CENTRE.week, makeup={date(2026, 2, 14): 7})


def test_equal_calendars_share_a_place_in_a_cache() -> None:
    again = WorkCalendar(CENTRE.week, frozenset(CENTRE.holidays), dict(CENTRE.makeup))
    assert again == CENTRE
    assert hash(again) == hash(CENTRE)
    assert WorkCalendar(CENTRE.week, CENTRE.holidays) != CENTRE


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("working_hours", WorkUnit.WORKING_HOURS),
        ("working_days", WorkUnit.WORKING_DAYS),
        ("clock_minutes", WorkUnit.CLOCK_MINUTES),
        ("hours", WorkUnit.CLOCK_HOURS),
        ("days", WorkUnit.CLOCK_DAYS),
    ],
)
def test_units_by_the_names_configuration_uses(text: str, unit: WorkUnit) -> None:
    assert WorkUnit(text) is unit


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="fortnights"):
        WorkUnit("fortnights")


@pytest.mark.parametrize("amount", [0, -1])
def test_a_deadline_takes_at_least_one_unit(amount: int) -> None:
    with pytest.raises(ValueError, match="at least one unit"):
        WorkAmount(amount, WorkUnit.WORKING_DAYS)


def test_amounts_have_a_length_unless_they_are_working_days() -> None:
    assert WorkAmount(4, WorkUnit.WORKING_HOURS).span == timedelta(hours=4)
    assert WorkAmount(7, WorkUnit.CLOCK_DAYS).span == timedelta(days=7)
    with pytest.raises(ValueError, match="no fixed length"):
        _ = WorkAmount(1, WorkUnit.WORKING_DAYS).span
