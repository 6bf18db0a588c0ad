"""A deadline tells how it came about, day by day."""

from datetime import date, timedelta

from kefu.kernel.tests.calendars_2026 import CENTRE, CLOCK, at
from kefu.kernel.worktime import Step, StepKind, WorkAmount, WorkUnit, due, explain


def test_four_working_hours_across_spring_festival() -> None:
    steps = explain(CENTRE, at("02-14 16:20"), WorkAmount(4, WorkUnit.WORKING_HOURS))
    assert steps[0] == Step(
        date(2026, 2, 14), StepKind.MAKEUP, at("02-14 16:20"), at("02-14 17:30"), timedelta(minutes=70)
    )
    assert [(step.day.day, step.kind) for step in steps[1:10]] == [(day, StepKind.HOLIDAY) for day in range(15, 24)]
    assert steps[10:] == [
        Step(date(2026, 2, 24), StepKind.WORKING, at("02-24 08:30"), at("02-24 11:20"), timedelta(minutes=170))
    ]
    assert sum(step.minutes for step in steps) == 240


def test_lunch_shows_as_two_ranges_of_one_day() -> None:
    steps = explain(CENTRE, at("03-12 11:00"), WorkAmount(2, WorkUnit.WORKING_HOURS))
    assert [(step.start, step.end, step.minutes) for step in steps] == [
        (at("03-12 11:00"), at("03-12 12:00"), 60),
        (at("03-12 13:00"), at("03-12 14:00"), 60),
    ]


def test_working_days_are_numbered_and_the_first_day_does_not_count() -> None:
    steps = explain(CENTRE, at("03-12 09:00"), WorkAmount(2, WorkUnit.WORKING_DAYS))
    assert [(step.day.day, step.kind, step.number, step.minutes) for step in steps] == [
        (12, StepKind.START, 0, 0),
        (13, StepKind.WORKING, 1, 480),
        (14, StepKind.CLOSED, 0, 0),
        (15, StepKind.CLOSED, 0, 0),
        (16, StepKind.WORKING, 2, 480),
    ]
    assert (steps[-1].start, steps[-1].end) == (at("03-16 08:30"), at("03-16 17:30"))


def test_clock_time_is_a_single_step() -> None:
    start = at("02-14 17:00")
    assert explain(CENTRE, start, WorkAmount(72, WorkUnit.CLOCK_HOURS)) == [
        Step(date(2026, 2, 14), StepKind.CLOCK, start, at("02-17 17:00"), timedelta(hours=72))
    ]


def test_a_deadline_at_midnight_belongs_to_the_day_it_ends() -> None:
    for unit, amount in ((WorkUnit.WORKING_HOURS, 2), (WorkUnit.WORKING_DAYS, 1)):
        steps = explain(CLOCK, at("03-12 22:00"), WorkAmount(amount, unit))
        deadline = due(CLOCK, at("03-12 22:00"), WorkAmount(amount, unit))
        assert steps[-1].end == deadline
        assert steps[-1].day == (deadline - timedelta(days=1)).date()
