"""The waitlist: who waits, who is offered a time that became free, and what becomes of it (APT-004, APT-013, APT-017)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from kefu.appointments import actions
from kefu.appointments.choices import WaitState
from kefu.appointments.jobs import waitlists
from kefu.appointments.limits import WAITLIST_CHANCES, WAITLIST_HOURS, WAITLIST_LEAD_MINUTES
from kefu.appointments.models import Appointment, ClinicSchedule, OfferedPlace, WaitlistEntry
from kefu.appointments.tests.scene import TUESDAY, booked, o_clock, person
from kefu.appointments.tests.waiting import (
    HOUR,
    MINUTE,
    NAMES,
    cancel,
    entry_of,
    full_day,
    offered,
    texts,
    three_in_line,
    wait,
)
from kefu.customers.actions import merge_customers
from kefu.customers.actions.deaths import record_death
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Invalid, Refused
from kefu.messaging.models import Message
from kefu.testing.cast import SHANGHAI, Cast
from kefu.testing.scenes import scene
from kefu.testing.stories import customer_of


@pytest.fixture(autouse=True)
def texts_leave() -> Iterator[None]:
    with texts():
        yield


@scene
def full(cast: Cast) -> list[Appointment]:
    return full_day(cast)


@pytest.fixture
def three(cast: Cast, full: list[Appointment]) -> list[Customer]:
    return three_in_line(cast)


def states(people: Sequence[Customer]) -> list[str]:
    return [entry_of(one).state for one in people]


@pytest.mark.req("APT-013", part="alternatives")
def test_a_cancelled_time_goes_along_the_queue_until_somebody_takes_it(
    cast: Cast, full: list[Appointment], three: list[Customer]
) -> None:
    """The first lets it lapse, the second does not want it, the third takes it: one row each, and nobody twice."""
    ten = cast.at + HOUR
    cancel(cast, full[2], ten)
    assert offered() == [("白示安", "10:00", "open")]
    place = OfferedPlace.objects.get()
    assert (place.until, WAITLIST_HOURS.on(ten)) == (datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI), 2)
    (held,) = Appointment.with_holds.filter(status="held")
    assert (held.start, held.customer, held.expires_at) == (o_clock(10), three[0], place.until)
    with pytest.raises(Refused) as refusal:
        booked(cast, person(cast, "白示急", "10000000031"), o_clock(10), at=ten)
    assert refusal.value.code == "slot_taken"
    message = Message.objects.get(customer=three[0], template__code="appt_waitlist_open")
    assert "11月24日10:00有空位了，为您保留到11-23 12:00" in message.body

    run_pending(place.until)
    assert offered() == [("白示安", "10:00", "lapsed"), ("白示宁", "10:00", "open")]
    assert states(three) == ["waiting", "offered", "waiting"]
    assert Message.objects.filter(customer=three[0], template__code="appt_alternative_expired").count() == 1

    actions.decline_place(place=OfferedPlace.objects.latest("pk"), by=cast.manager, at=place.until + MINUTE)
    run_pending(place.until + MINUTE)
    assert offered()[1:] == [("白示宁", "10:00", "declined"), ("白示和", "10:00", "open")]

    made = actions.take_place(
        place=OfferedPlace.objects.latest("pk"), read_back=True, by=cast.manager, at=place.until + 2 * MINUTE
    )
    run_pending(place.until + 2 * MINUTE)
    assert (made.customer, made.start, made.doctor, made.channel, made.status) == (
        three[2],
        o_clock(10),
        cast.doctor,
        "phone",
        "booked",
    )
    assert states(three) == ["waiting", "waiting", "booked"]
    assert entry_of(three[2]).appointment == made
    assert not Appointment.with_holds.filter(status="held").exists()
    assert [one.state for one in entry_of(three[2]).steps.all()] == ["waiting", "offered", "booked"]
    codes = (
        AuditEntry.objects.filter(customer_id=three[2].pk, code__startswith="appointments.waitlist")
        .order_by("pk")
        .values_list("code", flat=True)
    )
    assert list(codes) == [
        "appointments.waitlist.joined",
        "appointments.waitlist.offered",
        "appointments.waitlist.booked",
    ]

    actions.cancel(appointment=made, reason="又不来了", by=cast.manager, at=place.until + 3 * MINUTE)
    run_pending(place.until + 3 * MINUTE)
    assert len(offered()) == 3  # those who had that time offered are not asked again


@pytest.mark.req("APT-013", part="alternatives")
def test_nobody_waits_while_something_that_suits_is_free(cast: Cast, full: list[Appointment]) -> None:
    cancel(cast, full[0], cast.at)
    with pytest.raises(Refused) as refusal:
        wait(cast, person(cast))
    assert refusal.value.code == "still_free" and "11-24 09:00" in str(refusal.value)
    assert [one["start"] for one in refusal.value.details["alternatives"]] == [o_clock(9).isoformat()]
    row = wait(cast, person(cast), hour=time(10))
    assert (row.state, row.hour, row.since) == (WaitState.WAITING, time(10), cast.at)


def test_parts_of_the_day_the_hour_and_the_doctor_are_minded(cast: Cast, full: list[Appointment]) -> None:
    late, early, exact = (person(cast, name, f"1000000002{n}") for n, name in enumerate(NAMES))
    wait(cast, late, parts=["afternoon"])
    wait(cast, early, parts=["morning", "evening"], doctor=cast.doctor2)
    wait(cast, exact, hour=time(11), doctor=None)
    cancel(cast, full[0], cast.at + MINUTE)
    assert offered() == []
    cancel(cast, full[4], cast.at + MINUTE)
    assert offered() == [("白示和", "11:00", "open")]


def test_a_move_extra_hours_and_leave_taken_back_make_times_free(cast: Cast, full: list[Appointment]) -> None:
    """Whatever way a time becomes free, the queue is looked at after it, without waiting for the next round."""
    wednesday, at = date(2026, 11, 25), cast.at + MINUTE
    nine, one_o_clock, other = (person(cast, name, f"1000000002{n}") for n, name in enumerate(NAMES))
    wait(cast, nine, hour=time(9))
    wait(cast, one_o_clock, hour=time(13))
    wait(cast, other, doctor=cast.doctor2)
    actions.add_extra(
        doctor=cast.doctor, node=cast.bj, day=wednesday, opens=time(15), closes=time(16), by=cast.director, at=at
    )
    actions.move(appointment=full[0], start=o_clock(15, 0, wednesday), by=cast.manager, at=at)
    run_pending(at)
    assert offered() == [("白示安", "09:00", "open")]
    actions.add_extra(
        doctor=cast.doctor, node=cast.bj, day=TUESDAY, opens=time(13), closes=time(14), by=cast.director, at=at
    )
    run_pending(at)
    assert offered()[1:] == [("白示宁", "13:00", "open")]
    leave = cast.doctor2.clinic_exceptions.get(day=TUESDAY)
    actions.remove_exception(exception=leave, reason="培训取消", by=cast.director, at=at)
    run_pending(at)
    assert offered()[2:] == [("白示和", "09:00", "open")]


def test_a_held_time_given_back_or_run_out_and_a_reopened_centre_make_times_free(
    cast: Cast, full: list[Appointment]
) -> None:
    free, at = cast.at + MINUTE, cast.at + 2 * MINUTE
    cancel(cast, full[0], free)
    hold = {"doctor": cast.doctor, "node": cast.bj, "start": o_clock(9), "by": cast.manager, "at": free}
    first, second, third = (person(cast, name, f"1000000002{n}") for n, name in enumerate(NAMES))
    held = actions.hold_slot(**hold)  # type: ignore[arg-type]
    wait(cast, first, at=at)
    run_pending(at)
    assert offered() == []
    actions.release_slot(held=held, by=cast.manager, at=at)
    run_pending(at)
    assert offered() == [("白示安", "09:00", "open")]
    wait(cast, second, at=at)
    actions.leave_waitlist(entry=entry_of(first), by=cast.manager, at=at)
    run_pending(at)
    assert offered()[1:] == [("白示宁", "09:00", "open")]
    run_pending(OfferedPlace.objects.latest("pk").until)
    (closed,) = actions.close_place(
        node=cast.bj, first=date(2026, 12, 1), last=date(2026, 12, 1), reason="消防检查", by=cast.director, at=at
    )
    wait(cast, third, first=closed.day, last=closed.day, at=at)
    actions.reopen_place(closed=closed, by=cast.director, at=at)
    run_pending(at)
    assert offered()[-1][:2] == ("白示和", "09:00")


@pytest.mark.req("APT-003")
def test_who_is_somewhere_else_at_that_time_is_passed_over(cast: Cast, full: list[Appointment]) -> None:
    busy, next_one = person(cast, "白示忙", "10000000021"), person(cast, "白示闲", "10000000022")
    ClinicSchedule.objects.create(doctor=cast.sh_doctor, node=cast.sh, weekday=1, opens=time(9), closes=time(10), slot_minutes=30,
                                  valid_from=date(2026, 1, 1))  # fmt: skip
    booked(cast, busy, o_clock(9), doctor=cast.sh_doctor, node=cast.sh, by=cast.sh_manager)
    wait(cast, busy)
    wait(cast, next_one, at=cast.at + MINUTE)
    cancel(cast, full[0], cast.at + 2 * MINUTE)
    assert offered() == [("白示闲", "09:00", "open")]
    cancel(cast, full[3], cast.at + 3 * MINUTE)
    assert offered()[1:] == [("白示忙", "10:30", "open")]


def test_who_books_what_was_waited_for_in_another_way_waits_no_longer(cast: Cast, full: list[Appointment]) -> None:
    customer, behind = person(cast, "白示自", "10000000021"), person(cast, "白示后", "10000000022")
    row = wait(cast, customer)
    wait(cast, behind, at=cast.at + MINUTE)
    cancel(cast, full[0], cast.at + MINUTE)
    assert offered() == [("白示自", "09:00", "open")]
    actions.cancel(appointment=full[5], reason="不来了", by=cast.manager, at=cast.at + 2 * MINUTE)
    made = booked(cast, customer, o_clock(11, 30), at=cast.at + 2 * MINUTE)
    run_pending(cast.at + 2 * MINUTE)
    row.refresh_from_db()
    assert (row.state, row.appointment) == (WaitState.BOOKED, made)
    assert offered() == [("白示自", "09:00", "void"), ("白示后", "09:00", "open")]


def test_the_clock_of_an_offer_stands_still_at_night_and_ends_before_the_visit(
    cast: Cast, full: list[Appointment]
) -> None:
    customer = person(cast)
    wait(cast, customer)
    night = datetime(2026, 11, 23, 20, 0, tzinfo=SHANGHAI)
    cancel(cast, full[5], night)
    place = OfferedPlace.objects.get()
    assert (place.start, place.until) == (o_clock(11, 30), o_clock(10, 30))  # by two working hours it would be 11:00
    assert WAITLIST_LEAD_MINUTES.on(night) == 60
    cancel(cast, full[0], o_clock(8, 30))
    assert len(offered()) == 1  # nine o'clock begins too soon to wait for an answer


def test_a_customer_whom_no_message_reaches_is_called_by_the_health_manager(
    cast: Cast, full: list[Appointment]
) -> None:
    customer = customer_of(cast)
    customer.contacts.update(active=False)
    row = wait(cast, customer)
    cancel(cast, full[0], cast.at + MINUTE)
    place = OfferedPlace.objects.get()
    assert place.message is not None and place.message.withheld
    notice = Notice.objects.get(code="waitlist_call")
    assert (notice.user, notice.link) == (cast.manager, f"/appointments/waitlist/{row.pk}/")
    assert notice.text == "沈知夏的候补有空位，消息发不到，请打电话：11-24 09:00，保留到 11-23 11:01"
    with pytest.raises(Invalid) as unreachable:
        actions.take_place(place=place, read_back=True, by=cast.manager, at=cast.at + HOUR)
    assert [error.field for error in unreachable.value.errors] == ["contact"]
    customer.contacts.update(active=True)  # the number was found while she was being looked for
    made = actions.take_place(place=place, read_back=True, by=cast.manager, at=cast.at + HOUR)
    assert made.customer == customer


@pytest.mark.req("APT-013", part="alternatives")
def test_who_never_answers_or_whose_days_are_over_waits_no_longer(cast: Cast, full: list[Appointment]) -> None:
    customer, patient = person(cast), person(cast, "白示迟", "10000000022")
    wait(cast, customer)
    wait(cast, patient, hour=time(12))
    at = cast.at
    for turn, appointment in enumerate(full[3:]):
        cancel(cast, appointment, at + MINUTE)
        place = OfferedPlace.objects.filter(entry__customer=customer).latest("pk")
        at = place.until
        run_pending(at)
        assert entry_of(customer).state == ("expired" if turn == WAITLIST_CHANCES.on(at) - 1 else "waiting")
    assert (WAITLIST_CHANCES.on(at), entry_of(customer).steps.last().reason) == (
        3,
        "appointments.waitlist.never_answered",
    )
    waitlists(at=o_clock(11, 59))
    assert entry_of(patient).state == "waiting"
    waitlists(at=o_clock(12))
    assert (entry_of(patient).state, entry_of(patient).steps.last().reason) == (
        "expired",
        "appointments.waitlist.days_over",
    )


def test_the_round_of_every_ten_minutes_finds_what_nothing_told_of(cast: Cast, full: list[Appointment]) -> None:
    wait(cast, person(cast))
    run_pending(cast.at)
    Appointment.objects.filter(pk=full[0].pk).update(status="cancelled")  # behind the back of every event
    waitlists(at=cast.at + MINUTE)
    run_pending(cast.at + MINUTE)
    assert offered() == [("白示安", "09:00", "open")]


def test_a_time_freed_while_nobody_waits_costs_one_query_and_no_job(cast: Cast, full: list[Appointment]) -> None:
    def queries(appointment: Appointment) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            actions.cancel(appointment=appointment, reason="不来了", by=cast.manager, at=cast.at)
        return [one["sql"] for one in seen if "waitlist" in one["sql"]]

    assert len(queries(full[0])) == 1
    run_pending(cast.at)
    assert not ProcrastinateJob.objects.filter(task_name="appointments.waitlist").exists()


def test_a_customer_who_died_waits_no_longer_and_the_time_goes_on(
    cast: Cast, full: list[Appointment], three: list[Customer]
) -> None:
    at = cast.at + 5 * MINUTE
    cancel(cast, full[0], at)
    record_death(customer=three[0], told_by="家人来电", died_on=cast.at.date(), by=cast.director, at=at)
    run_pending(at)
    assert offered() == [("白示安", "09:00", "void"), ("白示宁", "09:00", "open")]
    assert states(three) == ["withdrawn", "offered", "waiting"]


@pytest.mark.req("CUS-001")
def test_of_two_who_are_one_one_waits_since_the_earlier_day(
    cast: Cast, full: list[Appointment], three: list[Customer]
) -> None:
    at = cast.at + 5 * MINUTE
    cancel(cast, full[0], at)
    merge_customers(survivor=three[1], merged=three[0], reason="同一个人", by=cast.director, at=at)
    (row,) = WaitlistEntry.objects.open().filter(customer=three[1])
    assert (row.state, row.since) == (WaitState.OFFERED, cast.at)
    made = actions.take_place(place=OfferedPlace.objects.get(), read_back=True, by=cast.manager, at=at)
    assert made.customer == three[1]
    assert sorted(WaitlistEntry.objects.filter(customer=three[1]).values_list("state", flat=True)) == [
        "booked",
        "withdrawn",
    ]
