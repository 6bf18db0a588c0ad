"""Hours, holidays and make-up workdays are edited; from then on deadlines are counted with them."""

from datetime import date, time

import pytest

from kefu.administration.actions import calendars
from kefu.administration.rules import read_hours, write_hours
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.worktime.content import load_calendars
from kefu.foundation.worktime.models import Calendar, Festival, Holiday
from kefu.foundation.worktime.queries import calendar_of
from kefu.kernel.errors import Forbidden, Invalid

MORNING = [(time(9), time(12))]


@pytest.fixture
def year(cast):
    load_calendars(by=cast.system, at=cast.at)


def test_a_day_off_closes_every_calendar_that_follows_the_holidays(cast, year):
    day = date(2026, 12, 24)
    assert calendar_of("centre").hours_on(day)
    calendars.set_holiday(day=day, name="店庆", by=cast.admin, at=cast.at)
    assert calendar_of("centre").hours_on(day) == ()
    calendars.remove_holiday(day=day, by=cast.admin, at=cast.at)
    assert calendar_of("centre").hours_on(day)
    assert AuditEntry.objects.filter(code__startswith="administration.calendar.holiday").count() == 2


def test_a_sunday_is_worked_as_a_monday(cast, year):
    sunday = date(2026, 12, 27)
    assert calendar_of("head_office").hours_on(sunday) == ()
    calendars.set_makeup_workday(day=sunday, works_as=0, name="元旦调休", by=cast.admin, at=cast.at)
    assert calendar_of("head_office").hours_on(sunday) == calendar_of("head_office").hours_on(date(2026, 12, 28))
    with pytest.raises(Invalid):
        calendars.set_holiday(day=sunday, name="元旦", by=cast.admin, at=cast.at)
    with pytest.raises(Invalid):
        calendars.set_makeup_workday(day=sunday, works_as=7, name="", by=cast.admin, at=cast.at)


def test_opening_hours_of_a_week_are_replaced_as_a_whole(cast, year):
    calendar = Calendar.objects.get(code="centre")
    week = [MORNING] * 5 + [[], []]
    calendars.set_week(calendar=calendar, week=week, by=cast.admin, at=cast.at)
    assert calendar_of("centre").week.days[0] == ((time(9), time(12)),)
    assert calendar_of("centre").week.days[5] == ()

    with pytest.raises(Invalid) as caught:
        overlapping = [(time(9), time(12)), (time(11), time(13))]
        calendars.set_week(
            calendar=calendar, week=[overlapping, [(time(12), time(9))], *week[2:]], by=cast.admin, at=cast.at
        )
    assert {error.field: error.code for error in caught.value.errors} == {"day0": "overlap", "day1": "empty"}


def test_festivals_call_for_follow_ups_or_not(cast, year):
    festival = Festival.objects.filter(follow_up=True).first()
    calendars.set_festival(festival=festival, follow_up=False, lead_days=2, by=cast.admin, at=cast.at)
    festival.refresh_from_db()
    assert (festival.follow_up, festival.lead_days) == (False, 2)
    with pytest.raises(Forbidden):
        calendars.set_festival(festival=festival, follow_up=True, lead_days=2, by=cast.director, at=cast.at)


def test_the_page_edits_what_it_shows(cast, year, login):
    page = login(cast.admin)
    assert "春节" in page.get("/calendars/?year=2026").content.decode()
    assert page.post("/calendars/holidays/", {"day": "2026-12-24", "name": "店庆", "official": "on"}).status_code == 302
    assert Holiday.objects.get(day=date(2026, 12, 24)).name == "店庆"
    assert page.post("/calendars/holidays/", {"day": "24.12.", "name": "店庆"}).status_code == 422
    page.post("/calendars/holidays/", {"day": "2026-12-24", "name": "店庆", "remove": "1"})
    assert not Holiday.objects.filter(day=date(2026, 12, 24)).exists()

    hours = {f"day{day}": "09:00-12:00 13:30-24:00" for day in range(7)}
    assert page.post("/calendars/centre/", hours | {"day6": "nine"}).status_code == 422
    assert page.post("/calendars/centre/", hours | {"day6": ""}).status_code == 302
    assert calendar_of("centre").week.days[0] == ((time(9), time(12)), (time(13, 30), time(0)))
    assert (
        page.post("/calendars/makeup-workdays/", {"day": "2026-12-27", "works_as": "0", "name": ""}).status_code == 302
    )
    assert login(cast.director).get("/calendars/").status_code == 403


def test_hours_are_read_as_people_write_them():
    ranges = [(time(8, 30), time(12)), (time(13, 30), time(0))]
    assert read_hours("08:30-12:00，13：30-24:00") == ranges
    assert write_hours(ranges) == "08:30-12:00 13:30-24:00"
    assert read_hours(" ") == []
