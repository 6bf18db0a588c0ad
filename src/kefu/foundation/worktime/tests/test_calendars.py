"""The shipped calendars give the days the State Council published."""

from datetime import date, datetime

import pytest

from kefu.foundation.worktime.choices import GuardKind
from kefu.foundation.worktime.content import load_calendars
from kefu.foundation.worktime.models import Calendar
from kefu.foundation.worktime.queries import (
    calendar_for,
    calendar_of,
    calling_times,
    day_note,
    festivals_between,
    receives_until,
)
from kefu.kernel.worktime import WorkAmount, WorkUnit, add_workdays, due, is_workday
from kefu.testing.cast import SHANGHAI, Cast


@pytest.fixture(autouse=True)
def _calendars(cast: Cast) -> None:
    load_calendars(by=None, at=cast.at)


def test_make_up_saturdays_are_worked_and_spring_festival_is_not() -> None:
    centre = calendar_of("centre")
    assert is_workday(centre, date(2026, 2, 14))
    assert not any(is_workday(centre, date(2026, 2, day)) for day in range(15, 24))
    assert is_workday(calendar_of("call_centre"), date(2026, 2, 17))


def test_a_deadline_skips_lunch_and_the_weekend(cast: Cast) -> None:
    friday = datetime(2026, 11, 27, 16, 30, tzinfo=SHANGHAI)
    assert due(calendar_for(cast.bj), friday, WorkAmount(4, WorkUnit.WORKING_HOURS)) == datetime(
        2026, 11, 30, 11, 30, tzinfo=SHANGHAI
    )


def test_the_laboratory_stops_receiving_at_three(cast: Cast) -> None:
    assert receives_until("laboratory").isoformat() == "15:00:00"
    assert receives_until("centre") is None
    assert add_workdays(calendar_of("laboratory"), date(2026, 11, 27), 3) == date(2026, 12, 2)


def test_festivals_that_call_for_a_follow_up() -> None:
    found = festivals_between(date(2026, 11, 23), date(2027, 11, 23))
    assert [(festival.code, day) for festival, day in found] == [
        ("new_year", date(2027, 1, 1)),
        ("spring", date(2027, 2, 6)),
        ("labour", date(2027, 5, 1)),
        ("mid_autumn", date(2027, 9, 15)),
        ("national", date(2027, 10, 1)),
    ]


def test_todays_note_and_calling_times(cast: Cast) -> None:
    assert day_note(cast.bj, cast.at) == "工作日 17:30 下班"
    assert day_note(cast.bj, datetime(2026, 10, 2, 9, tzinfo=SHANGHAI)) == "国庆节"
    assert day_note(cast.bj, datetime(2026, 11, 22, 9, tzinfo=SHANGHAI)) == "休息日"
    assert calling_times(GuardKind.AVOID)[1] == (datetime(1, 1, 1, 11, 45).time(), datetime(1, 1, 1, 13, 45).time())


def test_what_staff_changed_is_kept(cast: Cast) -> None:
    Calendar.objects.filter(code="centre").update(zh="改过的")
    load_calendars(by=None, at=cast.at)
    assert Calendar.objects.get(code="centre").zh == "改过的"
