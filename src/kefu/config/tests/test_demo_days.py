"""When the steps of the demo's stories happen."""

from datetime import date, datetime, time

import pytest

from kefu.config.demo.days import Days
from kefu.config.demo.play import Scene, StoryError, play
from kefu.kernel.worktime import WeekHours, WorkCalendar
from kefu.kernel.worktime.calendars import SHANGHAI

WEEK = WeekHours((((time(9), time(17)),),) * 5 + ((), ()))
MONDAY = date(2026, 11, 23)
NATIONAL_DAY = frozenset(date(2026, 11, day) for day in (18, 19, 20))


def days(today: date = MONDAY, holidays: frozenset[date] = frozenset(), weekdays: tuple[int, ...] = (1, 3)) -> Days:
    return Days(today, WorkCalendar(WEEK, holidays), weekdays)


def test_working_days_are_counted_back_from_today_over_weekends_and_holidays() -> None:
    assert [days().day(written) for written in ("-1", "-5", "-6")] == [
        date(2026, 11, 20), date(2026, 11, 16), date(2026, 11, 13),
    ]  # fmt: skip
    assert days(holidays=NATIONAL_DAY).day("-1") == date(2026, 11, 17)
    assert days(today=date(2026, 11, 22)).day("-1") == date(2026, 11, 20)


def test_a_clinic_day_is_the_doctors_last_one_before_and_the_first_one_after() -> None:
    assert days().day("c-1") == date(2026, 11, 19)  # Friday before, so Thursday
    assert days().day("c+1") == date(2026, 11, 24)  # tomorrow is Tuesday
    assert days().day("c-1+2") == date(2026, 11, 23)
    assert days(holidays=NATIONAL_DAY).day("c-1") == date(2026, 11, 17)


def test_a_moment_is_local_time() -> None:
    assert days().moment("-1", "14:40") == datetime(2026, 11, 20, 14, 40, tzinfo=SHANGHAI)


@pytest.mark.parametrize("written", ["", "c", "12.5", "c-3-1", "monday"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no day of a story"):
        days().day(written)


def test_a_doctor_without_clinic_days_has_none() -> None:
    with pytest.raises(ValueError, match="no clinic"):
        days(weekdays=()).day("c-1")


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


def test_scenes_of_all_stories_are_played_by_time_and_each_day_begins_once() -> None:
    seen: list[str] = []

    def scene(name: str, moment: datetime, place: int) -> Scene:
        return Scene(moment, place, name, lambda _at: seen.append(name))

    scenes = [
        scene("b2", at(21, 9), 2000),
        scene("a1", at(20, 9), 1000),
        scene("a2", at(21, 9), 1001),
        scene("b1", at(20, 8), 2001),
    ]
    count = play(scenes, now=at(23, 9), each_day=lambda moment: seen.append(f"{moment:%d}"))
    assert (count, seen) == (4, ["20", "b1", "a1", "21", "a2", "b2"])


def test_a_scene_in_the_future_or_refused_is_named() -> None:
    def refuse(_at: datetime) -> None:
        raise LookupError("no kit")

    with pytest.raises(StoryError, match="C01 kit lies in the future"):
        play([Scene(at(24, 9), 1, "C01 kit", refuse)], now=at(23, 9), each_day=lambda _at: None)
    with pytest.raises(StoryError, match=r"C01 kit at 2026-11-20 09:00: LookupError\('no kit'\)"):
        play([Scene(at(20, 9), 1, "C01 kit", refuse)], now=at(23, 9), each_day=lambda _at: None)
