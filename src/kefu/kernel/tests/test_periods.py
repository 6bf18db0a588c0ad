"""Periods `[from, to)`: neighbours do not overlap, and lists of them are compared with sets of single days."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.periods import Period, intersect, merge, subtract
from kefu.kernel.tests.settings import QUICK

FIRST = date(2026, 3, 1)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-12T{clock}+08:00")


def span(start: str, end: str) -> Period[datetime]:
    return Period(at(start), at(end))


def test_the_first_moment_belongs_to_it_and_the_last_does_not() -> None:
    morning = span("08:30", "12:00")
    assert morning.contains(at("08:30"))
    assert not morning.contains(at("12:00"))
    assert morning.length == timedelta(hours=3, minutes=30)


def test_two_appointments_back_to_back_do_not_overlap() -> None:
    first, second = span("09:00", "09:30"), span("09:30", "10:00")
    assert not first.overlaps(second)
    assert first.intersection(second) is None
    assert first.overlaps(span("09:29", "09:31"))


def test_the_same_moments_in_another_zone_are_the_same_period() -> None:
    utc = Period(datetime(2026, 3, 12, 1, tzinfo=UTC), datetime(2026, 3, 12, 2, tzinfo=UTC))
    assert span("09:00", "10:00") == utc
    assert span("08:00", "12:00").covers(utc)
    assert not utc.covers(span("08:00", "12:00"))


@pytest.mark.parametrize(("start", "end"), [("09:00", "09:00"), ("10:00", "09:00")])
def test_a_period_must_end_after_it_starts(start: str, end: str) -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        span(start, end)


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="aware moments"):
        Period(datetime(2026, 3, 12, 9), datetime(2026, 3, 12, 10))


def test_free_time_of_a_doctor_is_duty_without_lunch_and_appointments() -> None:
    duty = [span("08:30", "17:30")]
    taken = [span("12:00", "13:00"), span("09:00", "09:30"), span("09:30", "10:00"), span("17:00", "18:00")]
    assert subtract(duty, taken) == [span("08:30", "09:00"), span("10:00", "12:00"), span("13:00", "17:00")]


def test_time_both_doctor_and_room_are_free() -> None:
    doctor = [span("08:30", "12:00"), span("13:00", "17:30")]
    room = [span("11:00", "14:00"), span("17:00", "19:00")]
    assert intersect(doctor, room) == [span("11:00", "12:00"), span("13:00", "14:00"), span("17:00", "17:30")]


def test_touching_periods_become_one() -> None:
    assert merge([span("09:30", "10:00"), span("09:00", "09:30"), span("11:00", "12:00")]) == [
        span("09:00", "10:00"),
        span("11:00", "12:00"),
    ]


def test_a_long_period_swallows_a_short_one() -> None:
    assert merge([span("09:00", "12:00"), span("10:00", "11:00")]) == [span("09:00", "12:00")]


def day_period(edges: tuple[int, int]) -> Period[date]:
    return Period(FIRST + timedelta(edges[0]), FIRST + timedelta(edges[0] + edges[1]))


PERIODS = st.lists(st.builds(day_period, st.tuples(st.integers(0, 30), st.integers(1, 9))), max_size=8)


def days(periods: list[Period[date]]) -> set[date]:
    return {one.start + timedelta(n) for one in periods for n in range(one.length.days)}


def is_tidy(periods: list[Period[date]]) -> bool:
    return all(one.end < following.start for one, following in pairwise(periods))


@QUICK
@given(PERIODS, PERIODS)
def test_lists_of_periods_behave_like_sets_of_days(left: list[Period[date]], right: list[Period[date]]) -> None:
    assert days(merge(left)) == days(left)
    assert days(intersect(left, right)) == days(left) & days(right)
    assert days(subtract(left, right)) == days(left) - days(right)
    assert is_tidy(merge(left))
    assert is_tidy(intersect(left, right))
    assert is_tidy(subtract(left, right))


@QUICK
@given(PERIODS, PERIODS)
def test_two_periods_overlap_when_they_share_a_day(left: list[Period[date]], right: list[Period[date]]) -> None:
    for one in left:
        for other in right:
            assert one.overlaps(other) == bool(days([one]) & days([other])) == (one.intersection(other) is not None)
