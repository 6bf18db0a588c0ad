"""Laws of working time, for any opening hours, holidays and moments; and a slow oracle that counts minutes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.tests.calendars_2026 import CENTRE, at
from kefu.kernel.tests.settings import QUICK
from kefu.kernel.worktime import (
    DayHours,
    WeekHours,
    WorkAmount,
    WorkCalendar,
    WorkUnit,
    add_workdays,
    add_worktime,
    due,
    elapsed,
    explain,
    is_workday,
    next_open,
    ranges_on,
)

FIRST = date(2026, 2, 9)
MINUTE = timedelta(minutes=1)


def day_hours(edges: set[int]) -> DayHours:
    """Pair sorted quarter hours into ranges; quarter 96 is 24:00."""
    clocks = [time(quarter % 96 // 4, quarter % 4 * 15) for quarter in sorted(edges)]
    return tuple(zip(clocks[::2], clocks[1::2], strict=False))


DAY_HOURS = st.builds(day_hours, st.sets(st.integers(0, 96), max_size=6))
OPEN_DAY_HOURS = st.builds(day_hours, st.sets(st.integers(0, 96), min_size=2, max_size=6))
DATES = st.integers(0, 30).map(lambda n: FIRST + timedelta(n))
WEEKS = st.builds(
    lambda week, position, hours: WeekHours((*week[:position], hours, *week[position + 1 :])),
    st.tuples(*[DAY_HOURS] * 7),
    st.integers(0, 6),
    OPEN_DAY_HOURS,
)
CALENDARS = st.builds(
    WorkCalendar, WEEKS, st.frozensets(DATES, max_size=12), st.dictionaries(DATES, st.integers(0, 6), max_size=4)
)
MOMENTS = st.integers(0, 30 * 24 * 60).map(lambda n: datetime(2026, 2, 9, tzinfo=CENTRE.tz) + n * MINUTE)
SPANS = st.integers(0, 3000).map(lambda n: n * MINUTE)
AMOUNTS = st.one_of(
    st.builds(WorkAmount, st.integers(1, 3000), st.just(WorkUnit.WORKING_MINUTES)),
    st.builds(WorkAmount, st.integers(1, 60), st.just(WorkUnit.WORKING_HOURS)),
    st.builds(WorkAmount, st.integers(1, 15), st.just(WorkUnit.WORKING_DAYS)),
)


def is_open(calendar: WorkCalendar, minute: datetime) -> bool:
    """Whether the minute from this moment on is worked, read straight from the calendar's fields."""
    local = minute.astimezone(calendar.tz)
    day = local.date()
    weekday = calendar.makeup.get(day, None if day in calendar.holidays else day.weekday())
    if weekday is None:
        return False
    return any(
        start <= local.time() and (end == time(0) or local.time() < end) for start, end in calendar.week.days[weekday]
    )


def slow_elapsed(calendar: WorkCalendar, a: datetime, b: datetime) -> timedelta:
    return sum((MINUTE for n in range((b - a) // MINUTE) if is_open(calendar, a + n * MINUTE)), timedelta(0))


def slow_due(calendar: WorkCalendar, start: datetime, span: timedelta) -> datetime:
    moment, left = start, span
    while left:
        left -= MINUTE if is_open(calendar, moment) else timedelta(0)
        moment += MINUTE
    return moment


@QUICK
@given(CALENDARS, MOMENTS, st.integers(0, 4 * 24 * 60))
def test_elapsed_equals_counting_minutes(calendar: WorkCalendar, a: datetime, minutes: int) -> None:
    b = a + minutes * MINUTE
    assert elapsed(calendar, a, b) == slow_elapsed(calendar, a, b)


@QUICK
@given(CALENDARS, MOMENTS, st.integers(0, 240).map(lambda n: n * MINUTE))
def test_due_equals_counting_minutes(calendar: WorkCalendar, start: datetime, span: timedelta) -> None:
    assert add_worktime(calendar, start, span) == slow_due(calendar, start, span)


@QUICK
@given(CALENDARS, MOMENTS, SPANS)
def test_adding_working_time_moves_elapsed_by_exactly_that(
    calendar: WorkCalendar, start: datetime, span: timedelta
) -> None:
    assert elapsed(calendar, start, add_worktime(calendar, start, span)) == span


@QUICK
@given(CALENDARS, MOMENTS, MOMENTS)
def test_due_undoes_elapsed_up_to_closed_time(calendar: WorkCalendar, a: datetime, b: datetime) -> None:
    a, b = min(a, b), max(a, b)
    reached = add_worktime(calendar, a, elapsed(calendar, a, b))
    assert a <= reached <= b
    assert elapsed(calendar, reached, b) == timedelta(0)


@QUICK
@given(CALENDARS, MOMENTS, SPANS, SPANS)
def test_working_time_may_be_added_in_two_steps(
    calendar: WorkCalendar, start: datetime, one: timedelta, two: timedelta
) -> None:
    assert add_worktime(calendar, add_worktime(calendar, start, one), two) == add_worktime(calendar, start, one + two)


@QUICK
@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_elapsed_adds_up_and_changes_sign(calendar: WorkCalendar, a: datetime, b: datetime, c: datetime) -> None:
    assert elapsed(calendar, a, b) + elapsed(calendar, b, c) == elapsed(calendar, a, c)
    assert elapsed(calendar, a, b) == -elapsed(calendar, b, a)


@QUICK
@given(CALENDARS, MOMENTS, AMOUNTS, DATES)
def test_adding_a_holiday_never_makes_a_deadline_earlier(
    calendar: WorkCalendar, start: datetime, amount: WorkAmount, holiday: date
) -> None:
    stricter = WorkCalendar(calendar.week, calendar.holidays | {holiday}, calendar.makeup)
    assert due(stricter, start, amount) >= due(calendar, start, amount)


@QUICK
@given(CALENDARS, MOMENTS, AMOUNTS, st.integers(0, 5000))
def test_starting_later_never_makes_a_deadline_earlier(
    calendar: WorkCalendar, start: datetime, amount: WorkAmount, minutes: int
) -> None:
    assert due(calendar, start + minutes * MINUTE, amount) >= due(calendar, start, amount)


@QUICK
@given(CALENDARS, DATES, st.integers(0, 6))
def test_a_makeup_day_works_the_hours_of_the_weekday_it_is_given(
    calendar: WorkCalendar, day: date, weekday: int
) -> None:
    borrowed = WorkCalendar(calendar.week, calendar.holidays, {**calendar.makeup, day: weekday})
    worked = [(one.start.time(), one.end.time()) for one in ranges_on(borrowed, day)]
    assert worked == list(calendar.week.days[weekday])


@QUICK
@given(CALENDARS, DATES, st.integers(1, 20))
def test_the_nth_workday_is_a_workday_with_n_of_them_on_the_way(calendar: WorkCalendar, day: date, n: int) -> None:
    last = add_workdays(calendar, day, n)
    way = [day + timedelta(step) for step in range(1, (last - day).days + 1)]
    assert is_workday(calendar, last)
    assert sum(is_workday(calendar, one) for one in way) == n
    assert add_workdays(calendar, add_workdays(calendar, day, 1), n - 1) == last


@QUICK
@given(CALENDARS, MOMENTS)
def test_next_open_is_open_and_nothing_is_worked_before(calendar: WorkCalendar, moment: datetime) -> None:
    opened = next_open(calendar, moment)
    assert is_open(calendar, opened)
    assert elapsed(calendar, moment, opened) == timedelta(0)


@QUICK
@given(CALENDARS, MOMENTS, AMOUNTS)
def test_an_explanation_ends_at_the_deadline_and_adds_up(
    calendar: WorkCalendar, start: datetime, amount: WorkAmount
) -> None:
    steps = explain(calendar, start, amount)
    assert steps[-1].end == due(calendar, start, amount)
    assert [step.day for step in steps] == sorted(step.day for step in steps)
    if amount.unit is WorkUnit.WORKING_DAYS:
        assert max(step.number for step in steps) == amount.amount
    else:
        assert sum((step.worked for step in steps), timedelta(0)) == amount.span


@QUICK
@given(CALENDARS, MOMENTS, SPANS)
def test_the_zone_a_moment_is_written_in_does_not_matter(
    calendar: WorkCalendar, start: datetime, span: timedelta
) -> None:
    assert add_worktime(calendar, start.astimezone(UTC), span) == add_worktime(calendar, start, span)


def test_a_week_costs_less_than_a_millisecond_and_ten_years_less_than_a_second() -> None:
    def best(work: Callable[[], object], repeat: int) -> float:
        took = []
        for _ in range(repeat):
            begun = perf_counter()
            work()
            took.append(perf_counter() - begun)
        return min(took)

    start = at("02-12 09:00")
    assert best(lambda: due(CENTRE, start, WorkAmount(40, WorkUnit.WORKING_HOURS)), 20) < 0.001
    assert best(lambda: elapsed(CENTRE, start, start + timedelta(days=7)), 20) < 0.001
    assert best(lambda: elapsed(CENTRE, start, start + timedelta(days=3650)), 2) < 1
