"""Hours change while people are booked: nobody is dropped silently, each booking gets its decision."""

from datetime import date, datetime, time, timedelta
from functools import partial

import pytest

from kefu.appointments import actions
from kefu.appointments.actions import Decision
from kefu.appointments.choices import Settlement
from kefu.appointments.models import Appointment, ClinicSchedule, Renegotiation, ScheduleException
from kefu.appointments.queries import free_slots
from kefu.appointments.queries.renegotiations import to_renegotiate, ways
from kefu.appointments.slots import to_settle
from kefu.appointments.tests.test_timetables import WEDNESDAY, WEEK, book, extra, faults, hours, leave, starts
from kefu.customers.actions.leads import create_lead
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.worktime.content import load_calendars
from kefu.foundation.worktime.models import ClosedDay
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.kernel.ids import ident
from kefu.testing.cast import SHANGHAI, Cast, build_cast
from kefu.testing.races import at_once

NINE = datetime(2026, 11, 25, 9, tzinfo=SHANGHAI)
HALF = timedelta(minutes=30)
LATER = Decision(Settlement.OPEN)
DAY = timedelta(days=1)


@pytest.fixture
def row(cast: Cast) -> ClinicSchedule:
    load_calendars(by=None, at=cast.at)
    hours(cast, doctor=cast.doctor2)
    return hours(cast)


def somebody(cast: Cast, number: int) -> Customer:
    return create_lead(
        name=f"白示{number}", phone=f"1000000{number:04d}", node=cast.bj, by=cast.manager, at=cast.at
    ).customer


def booked(cast: Cast, count: int) -> list[Appointment]:
    return [book(cast, somebody(cast, n), NINE + n * HALF) for n in range(count)]


def outcomes() -> list[tuple[str, str]]:
    return list(Renegotiation.objects.order_by("start", "pk").values_list("cause", "outcome"))


@pytest.mark.req("APT-019")
def test_leave_names_whom_it_hits_and_does_nothing_before_each_is_decided(cast: Cast, row: ClinicSchedule) -> None:
    first, second = booked(cast, 2)
    with pytest.raises(Refused) as refusal:
        leave(cast, decisions={first.pk: LATER})
    assert (refusal.value.code, refusal.value.details["bookings"]) == ("hits_bookings", [ident("apt", second.pk)])
    assert "白示1 11-25 09:30" in str(refusal.value.message)
    assert not ScheduleException.objects.exists()
    assert not Renegotiation.objects.exists()
    leave(cast, decisions={first.pk: LATER, second.pk: LATER})
    assert outcomes() == [("leave", "open"), ("leave", "open")]
    assert set(Appointment.objects.values_list("status", flat=True)) == {"booked"}


@pytest.mark.req("APT-019")
def test_four_bookings_four_decisions_one_transaction(cast: Cast, row: ClinicSchedule) -> None:
    moved, given, kept, cancelled = booked(cast, 4)
    next_week = NINE + WEEK
    leave(cast, decisions={
        moved.pk: Decision(Settlement.MOVED, start=next_week), given.pk: Decision(Settlement.GIVEN, doctor=cast.doctor2),
        kept.pk: Decision(Settlement.KEPT), cancelled.pk: Decision(Settlement.CANCELLED),
    })  # fmt: skip
    for one in (moved, given, kept, cancelled):
        one.refresh_from_db()
    assert (moved.start, given.doctor, kept.start, cancelled.status) == (
        next_week,
        cast.doctor2,
        NINE + 2 * HALF,
        "cancelled",
    )
    assert outcomes() == [("leave", "moved"), ("leave", "given"), ("leave", "kept"), ("leave", "cancelled")]
    assert {one.changes.latest("pk").reason for one in (moved, given, cancelled)} == {"病假"}
    assert free_slots(cast.doctor, cast.bj, WEDNESDAY, cast.at) == []
    assert not to_renegotiate(cast.director, cast.at).exists()


@pytest.mark.req("APT-019")
def test_when_one_decision_fails_nothing_happens(cast: Cast, row: ClinicSchedule) -> None:
    first, second = booked(cast, 2)
    there = Decision(Settlement.MOVED, start=NINE + WEEK)
    with pytest.raises(Refused, match="白示1：这个时间刚被约走") as refusal:
        leave(cast, decisions={first.pk: there, second.pk: there})
    assert refusal.value.code == "slot_taken"
    assert not ScheduleException.objects.exists()
    assert [one.start for one in Appointment.objects.order_by("pk")] == [NINE, NINE + HALF]
    assert not Renegotiation.objects.exists()


@pytest.mark.req("APT-019")
def test_what_is_left_for_later_stands_on_the_workbench_until_it_is_settled(cast: Cast, row: ClinicSchedule) -> None:
    first, second, third = booked(cast, 3)
    (away,) = leave(cast, decisions=dict.fromkeys((first.pk, second.pk, third.pk), LATER))
    for reader in (cast.director, cast.manager, cast.doctor):
        assert [item.customer_name for item in to_settle(reader, cast.at)] == ["白示0", "白示1", "白示2"]
    for outsider in (cast.sh_manager, cast.keeper):
        assert list(to_settle(outsider, cast.at)) == []
    open_ones = {one.appointment_id: one for one in Renegotiation.objects.all()}
    choice = Decision(Settlement.MOVED, start=NINE + WEEK)
    actions.renegotiate(renegotiation=open_ones[first.pk], decision=choice, by=cast.manager, at=cast.at)
    with pytest.raises(Refused) as refusal:
        actions.renegotiate(renegotiation=open_ones[first.pk], decision=choice, by=cast.service, at=cast.at)
    assert refusal.value.code == "settled"
    actions.cancel(appointment=second, reason="客户不来了", by=cast.manager, at=cast.at)
    assert [item.customer_name for item in to_settle(cast.director, cast.at)] == ["白示2"]
    actions.remove_exception(exception=away, reason="不请了", by=cast.director, at=cast.at)
    assert outcomes() == [("leave", "moved"), ("leave", "cancelled"), ("leave", "void")]
    assert starts(cast) == ["09:00", "09:30", "10:30"]


@pytest.mark.req("APT-019")
def test_a_row_changes_from_a_day_on_and_keeps_its_history(cast: Cast, row: ClinicSchedule) -> None:
    early, late = book(cast, somebody(cast, 0), NINE + WEEK), book(cast, somebody(cast, 1), NINE + WEEK + 3 * HALF)
    before = book(cast, somebody(cast, 2), NINE)
    change = {"hours": row, "since": WEDNESDAY + DAY, "weekday": 2, "opens": time(10), "closes": time(12), "slot_minutes": 20,
              "reason": "冬季作息", "by": cast.director, "at": cast.at}  # fmt: skip
    with pytest.raises(Refused) as refusal:
        actions.change_hours(**change)
    assert refusal.value.details["bookings"] == [ident("apt", early.pk)]
    made = actions.change_hours(
        **change, decisions={early.pk: Decision(Settlement.MOVED, start=NINE + WEEK + 2 * HALF)}
    )
    row.refresh_from_db()
    assert (row.valid_to, made.valid_from, made.replaces, made.by) == (
        WEDNESDAY + DAY,
        WEDNESDAY + DAY,
        row,
        cast.director,
    )
    assert starts(cast) == ["09:30", "10:00", "10:30"]
    assert starts(cast, WEDNESDAY + WEEK) == ["11:00", "11:20", "11:40"]
    late.refresh_from_db()
    assert (late.start, Appointment.objects.get(pk=before.pk).start) == (NINE + WEEK + 3 * HALF, NINE)
    with pytest.raises(Refused) as refusal:
        actions.change_hours(**change)
    assert refusal.value.code == "ended"
    assert AuditEntry.objects.filter(code="appointments.hours.changed").count() == 1


@pytest.mark.req("APT-019")
def test_who_sits_in_a_session_keeps_the_seat_when_only_the_room_for_more_changes(
    cast: Cast, row: ClinicSchedule
) -> None:
    group = hours(cast, weekday=3, capacity=2, slot_minutes=60)
    thursday = NINE + DAY
    book(cast, somebody(cast, 0), thursday)
    actions.change_hours(hours=group, since=date(2026, 11, 24), weekday=3, opens=time(9), closes=time(11), slot_minutes=60, capacity=3,
                         reason="多放一位", by=cast.director, at=cast.at)  # fmt: skip
    assert [(slot.start.hour, slot.left) for slot in free_slots(cast.doctor, cast.bj, thursday.date(), cast.at)] == [
        (9, 2),
        (10, 3),
    ]
    assert book(cast, somebody(cast, 1), thursday).seat == 2


@pytest.mark.req("APT-019")
def test_hours_end_after_a_day(cast: Cast, row: ClinicSchedule) -> None:
    hit = book(cast, somebody(cast, 0), NINE + WEEK)
    book(cast, somebody(cast, 1), NINE)
    end = {"hours": row, "last_day": WEDNESDAY, "reason": "调走", "by": cast.director, "at": cast.at}
    with pytest.raises(Refused) as refusal:
        actions.end_hours(**end)
    assert refusal.value.details["bookings"] == [ident("apt", hit.pk)]
    actions.end_hours(**end, decisions={hit.pk: Decision(Settlement.GIVEN, doctor=cast.doctor2)})
    assert Appointment.objects.get(pk=hit.pk).doctor == cast.doctor2
    assert starts(cast, WEDNESDAY + WEEK) == []
    with pytest.raises(Invalid):
        actions.end_hours(hours=row, last_day=date(2026, 11, 1), by=cast.director, at=cast.at)


@pytest.mark.req("APT-019")
def test_a_closed_centre_hits_everybody_there_and_its_extra_hours(cast: Cast, row: ClinicSchedule) -> None:
    extra(cast)
    mine, theirs = book(cast, somebody(cast, 0), NINE), book(cast, somebody(cast, 1), NINE, cast.doctor2)
    in_extra = book(cast, somebody(cast, 2), NINE + timedelta(hours=5))
    close = {
        "node": cast.bj,
        "first": WEDNESDAY,
        "last": WEDNESDAY,
        "reason": "停电检修",
        "by": cast.director,
        "at": cast.at,
    }
    with pytest.raises(Refused) as refusal:
        actions.close_place(**close)
    assert set(refusal.value.details["bookings"]) == {ident("apt", one.pk) for one in (mine, theirs, in_extra)}
    (closed,) = actions.close_place(**close, decisions=dict.fromkeys((mine.pk, theirs.pk, in_extra.pk), LATER))
    assert starts(cast) == []
    with pytest.raises(Invalid) as refused:
        extra(cast)
    assert faults(refused) == {("day", "closed")}
    actions.reopen_place(closed=closed, by=cast.director, at=cast.at)
    assert outcomes() == [("closed", "void"), ("closed", "void"), ("closed", "open")]
    assert not ClosedDay.objects.exists()


@pytest.mark.req("APT-019")
def test_extra_hours_with_bookings_are_not_taken_back_behind_their_backs(cast: Cast, row: ClinicSchedule) -> None:
    more = extra(cast)
    hit = book(cast, somebody(cast, 0), NINE + timedelta(hours=5))
    with pytest.raises(Refused) as refusal:
        actions.remove_exception(exception=more, reason="人手不够", by=cast.director, at=cast.at)
    assert refusal.value.details["bookings"] == [ident("apt", hit.pk)]
    actions.remove_exception(
        exception=more,
        reason="人手不够",
        decisions={hit.pk: Decision(Settlement.MOVED, start=NINE)},
        by=cast.director,
        at=cast.at,
    )
    assert Appointment.objects.get(pk=hit.pk).start == NINE
    assert outcomes() == [("extra", "moved")]


@pytest.mark.req("APT-013", part="alternatives")
@pytest.mark.req("APT-019")
def test_what_is_proposed_is_free_after_the_change_and_first_for_one_only(cast: Cast, row: ClinicSchedule) -> None:
    first, second = booked(cast, 2)
    book(cast, somebody(cast, 5), NINE + WEEK)
    book(cast, somebody(cast, 6), NINE + HALF, cast.doctor2)
    proposed = ways([first, second], cast.at, lambda known: known.with_leave([WEDNESDAY], cast.doctor.pk, None, None))
    said = [
        ([f"{slot.start:%m-%d %H:%M}" for slot in one.slots], [doctor.name for doctor in one.doctors])
        for one in proposed
    ]
    assert said == [
        (["12-02 09:30", "12-02 10:00", "12-02 10:30"], ["何示和"]),
        (["12-02 10:00", "12-02 10:30", "12-09 09:00"], []),
    ]
    assert proposed[0].phone == "100 **** 0000"


def test_a_doctor_keeps_his_own_hours_but_nobody_elses_and_moves_no_bookings(cast: Cast, row: ClinicSchedule) -> None:
    hit = booked(cast, 1)[0]
    with pytest.raises(OutOfScope):
        leave(cast, doctor=cast.doctor2, by=cast.doctor)
    with pytest.raises(Forbidden):
        leave(cast, by=cast.doctor, decisions={hit.pk: Decision(Settlement.CANCELLED)})
    with pytest.raises(OutOfScope):
        actions.close_place(node=cast.bj, first=WEDNESDAY, last=WEDNESDAY, reason="不想来", by=cast.doctor, at=cast.at)
    with pytest.raises(OutOfScope):
        leave(cast, node=cast.sh)
    leave(cast, by=cast.doctor, decisions={hit.pk: LATER})
    assert outcomes() == [("leave", "open")]


def test_nobody_puts_leave_on_a_doctor_of_another_centre(cast: Cast) -> None:
    with pytest.raises(OutOfScope):
        actions.take_leave(
            doctor=cast.sh_doctor,
            node=cast.bj,
            first=WEDNESDAY,
            last=WEDNESDAY,
            reason="开会",
            by=cast.director,
            at=cast.at,
        )


def test_leave_that_cannot_be_is_refused_by_name(cast: Cast, row: ClinicSchedule) -> None:
    for said, fault in (
        ({"first": date(2026, 11, 22)}, ("first", "past")),
        ({"last": WEDNESDAY - DAY}, ("last", "order")),
        ({"last": WEDNESDAY + 400 * DAY}, ("last", "range")),
        ({"opens": time(11), "closes": time(9)}, ("closes", "order")),
        ({"reason": " "}, ("reason", "required")),
    ):
        with pytest.raises(Invalid) as refusal:
            leave(cast, **said)
        assert faults(refusal) == {fault}


@pytest.mark.req("APT-019")
@pytest.mark.django_db(transaction=True)
def test_nobody_slips_in_while_leave_is_entered() -> None:
    """Ten book and one takes leave at the same moment, in whatever order: no booking stands in the leave without a decision."""
    cast = build_cast()
    load_calendars(by=None, at=cast.at)
    hours(cast, slot_minutes=10)
    people = [somebody(cast, n) for n in range(10)]
    works = [partial(book, cast, one, NINE + n * timedelta(minutes=10)) for n, one in enumerate(people)]
    got = at_once([*works[:5], partial(leave, cast), *works[5:]])
    assert {type(one) for one in got} <= {Appointment, Refused, list}
    assert {one.code for one in got if isinstance(one, Refused)} <= {"no_slot", "hits_bookings"}
    away = ScheduleException.objects.exists()
    assert Appointment.objects.exists() != away
    assert isinstance(got[5], list) == away
