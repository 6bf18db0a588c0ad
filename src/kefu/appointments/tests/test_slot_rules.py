"""Slots and what is free of them, against a minute grid that knows nothing of periods."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kefu.appointments.rules import Hours, Slot, Taken, free, slots_of
from kefu.appointments.timetable import Row, Timetable, Unusual
from kefu.kernel.worktime import WeekHours, WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HERE, THERE = 1, 2
DOCTOR, ROOM, CAMERA = 7, 70, 700
FRIDAY, SATURDAY, MONDAY, TUESDAY = (date(2026, 11, day) for day in (20, 21, 23, 24))
DAYS = (FRIDAY, SATURDAY, MONDAY, TUESDAY)
OPEN = ((time(8), time(18)),)
CALENDAR = WorkCalendar(WeekHours((*(OPEN,) * 5, (), ())), frozenset({MONDAY}), {SATURDAY: 0})
"""Monday is a day off; Saturday is worked as a Monday."""
MINUTES = 24 * 60


def clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)


@st.composite
def hours(draw: st.DrawFn, session: int | None = None) -> Hours:
    opens = draw(st.integers(96, 200)) * 5
    closes = min(opens + draw(st.integers(2, 60)) * 5, MINUTES - 1)
    return Hours(
        DOCTOR, draw(st.sampled_from([HERE, THERE])), draw(st.sampled_from([ROOM, None])), draw(st.sampled_from([CAMERA, None])),
        clock(opens), clock(closes), draw(st.sampled_from([10, 15, 25, 30, 60])), draw(st.sampled_from([(), ("revisit",), ("first_visit", "revisit")])),
        draw(st.integers(2, 3)) if session else 1, draw(st.sampled_from([0, 5, 10])), draw(st.sampled_from([0, 5, 20])), session,
    )  # fmt: skip


@st.composite
def rows(draw: st.DrawFn, number: int) -> Row:
    start = draw(st.sampled_from([FRIDAY, SATURDAY, TUESDAY]))
    end = draw(st.sampled_from([None, SATURDAY, TUESDAY + timedelta(days=1)]))
    held = draw(hours(number if draw(st.booleans()) else None))
    return Row(number, draw(st.sampled_from([0, 1, 4, 5])), start, end if end is None or end > start else None, held)


@st.composite
def unusual(draw: st.DrawFn, number: int) -> Unusual:
    day = draw(st.sampled_from(DAYS))
    if draw(st.booleans()):
        held = draw(hours())._replace(node_id=HERE)
        return Unusual(number, day, "extra", DOCTOR, held.opens, held.closes, held)
    begin = draw(st.none() | st.integers(400, 1000))
    end = draw(st.none() | st.integers((begin or 400) + 1, 1200))
    return Unusual(
        number, day, "leave", DOCTOR, None if begin is None else clock(begin), None if end is None else clock(end), None
    )


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    weekly = [draw(rows(number)) for number in range(1, draw(st.integers(1, 4)))]
    days = [draw(unusual(number)) for number in range(draw(st.integers(0, 3)))]
    return Timetable(tuple(weekly), tuple(days), {HERE: CALENDAR, THERE: CALENDAR})


@st.composite
def bookings(draw: st.DrawFn, known: Timetable) -> list[Taken]:
    shared = [slot for slot in known.slots(DAYS) if slot.hours.session]
    found = []
    for _number in range(draw(st.integers(0, 6))):
        if shared and draw(st.booleans()):
            slot = draw(st.sampled_from(shared))
            found.append(
                Taken(
                    slot.blocked_from,
                    slot.blocked_to,
                    DOCTOR,
                    slot.room_id,
                    slot.hours.equipment_id,
                    slot.hours.session,
                )
            )
            continue
        day, begin = draw(st.sampled_from(DAYS)), draw(st.integers(470, 1100))
        doctor = draw(st.sampled_from([DOCTOR, DOCTOR + 1]))
        found.append(Taken(moment(day, begin), moment(day, begin + draw(st.integers(5, 60))), doctor,
                           draw(st.sampled_from([ROOM, ROOM + 1, None])), draw(st.sampled_from([CAMERA, None]))))  # fmt: skip
    return found


def minutes(start: datetime, end: datetime) -> list[datetime]:
    return [start + timedelta(minutes=n) for n in range(int((end - start).total_seconds()) // 60)]


def by_the_minute(known: Timetable, taken: list[Taken], after: datetime, type: str) -> Counter[tuple[object, ...]]:
    """Each row of each day is walked minute by minute; a slot is free when each of its minutes, buffers included, is."""
    found: Counter[tuple[object, ...]] = Counter()
    for day in DAYS:
        works_as = {MONDAY: None, SATURDAY: 0}.get(day, day.weekday())
        held = [
            row.hours
            for row in known.rows
            if row.weekday == works_as and row.valid_from <= day and (row.valid_to or date.max) > day
        ]
        held += [one.hours for one in known.unusual if one.hours and one.day == day]
        leave = [one for one in known.unusual if one.kind == "leave" and one.day == day]
        away = {minute for one in leave for minute in range(_minute(one.opens, 0), _minute(one.closes, MINUTES))}
        for row in held:
            if row.types and type and type not in row.types:
                continue
            cursor, last = _minute(row.opens, 0), _minute(row.closes, 0)
            whole = row.buffer_before + row.slot_minutes + row.buffer_after
            while cursor + whole <= last:
                span = range(cursor, cursor + whole)
                cursor += whole
                begin = moment(day, span.start + row.buffer_before)
                if begin <= after or away & set(span):
                    continue
                left = row.capacity
                for one in taken:
                    mine = one.doctor_id == row.doctor_id or (one.room_id and one.room_id == row.room_id)
                    mine = mine or (one.equipment_id and one.equipment_id == row.equipment_id)
                    if mine and any(one.start <= moment(day, minute) < one.end for minute in span):
                        left -= 1 if one.session is not None and one.session == row.session else MINUTES
                if left > 0:
                    found[begin, begin + timedelta(minutes=row.slot_minutes), row, left] += 1
    return found


def _minute(at: time | None, otherwise: int) -> int:
    return otherwise if at is None else at.hour * 60 + at.minute


@pytest.mark.req("APT-002")
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_what_is_free_is_what_a_minute_grid_says(data: st.DataObject) -> None:
    known = data.draw(timetables())
    taken = data.draw(bookings(known))
    after = moment(data.draw(st.sampled_from(DAYS)), data.draw(st.integers(0, MINUTES - 1)))
    type = data.draw(st.sampled_from(["", "first_visit", "revisit", "interpretation"]))
    found = free(known.slots(DAYS, type), taken, after)
    assert Counter(found) == by_the_minute(known, taken, after, type)


@pytest.mark.req("APT-019")
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_period_is_covered_when_each_minute_of_it_is(data: st.DataObject) -> None:
    known = data.draw(timetables())
    day, begin = data.draw(st.sampled_from(DAYS)), data.draw(st.integers(470, 1100))
    start, end = moment(day, begin), moment(day, begin + data.draw(st.integers(1, 90)))
    open_minutes = {
        minute
        for row in known.hours_on(day)
        if row.node_id == HERE
        for minute in minutes(datetime.combine(day, row.opens, SHANGHAI), datetime.combine(day, row.closes, SHANGHAI))
    }
    for one in known.absences_on(day):
        open_minutes -= set(minutes(one.start, one.end))
    assert known.covers(DOCTOR, HERE, "", start, end) == (set(minutes(start, end)) <= open_minutes)


def _morning(opens: time, closes: time, length: int = 60) -> Hours:
    return Hours(DOCTOR, HERE, None, None, opens, closes, length)


@pytest.mark.req("APT-002")
def test_the_night_the_clocks_went_forward_has_an_hour_less() -> None:
    """On 4 May 1986 two o'clock was three o'clock: what really passes is cut, and no slot stands at a time that never was."""
    slots = slots_of(date(1986, 5, 4), [_morning(time(0), time(6))], SHANGHAI)
    assert [f"{slot.start:%H:%M}-{slot.end:%H:%M}" for slot in slots] == [
        "00:00-01:00",
        "01:00-03:00",
        "03:00-04:00",
        "04:00-05:00",
        "05:00-06:00",
    ]
    assert {slot.end.timestamp() - slot.start.timestamp() for slot in slots} == {3600}


@pytest.mark.req("APT-002")
def test_the_night_the_clocks_went_back_has_an_hour_more() -> None:
    slots = slots_of(date(1986, 9, 14), [_morning(time(0), time(4))], SHANGHAI)
    assert len(slots) == 5
    assert [later.start.timestamp() - one.start.timestamp() for one, later in pairwise(slots)] == [3600] * 4
    booked = Taken(slots[1].start.astimezone(UTC), slots[1].end.astimezone(UTC), DOCTOR)
    assert free(slots, [booked], moment(date(1986, 9, 13), 0)) == [slots[0], *slots[2:]]


def test_a_rest_too_short_for_one_with_buffers_is_left_out() -> None:
    row = _morning(time(9), time(10, 30), 30)._replace(buffer_before=5, buffer_after=10)
    assert [(slot.start.time(), slot.end.time()) for slot in slots_of(FRIDAY, [row], SHANGHAI)] == [
        (time(9, 5), time(9, 35)),
        (time(9, 50), time(10, 20)),
    ]


def test_a_session_counts_its_places() -> None:
    row = _morning(time(9), time(10))._replace(capacity=2, session=3)
    (slot,) = slots_of(FRIDAY, [row], SHANGHAI)
    one = Taken(slot.start, slot.end, DOCTOR, session=3)
    before = moment(FRIDAY, 0)
    assert [found.left for found in free([slot], [one], before)] == [1]
    assert free([slot], [one, one], before) == []
    assert free([slot], [one._replace(session=4)], before) == []
    assert isinstance(slot, Slot)
