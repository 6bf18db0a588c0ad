"""A slot kept while somebody decides: nobody else gets it, and nobody keeps it for ever."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.models import Appointment, AppointmentChange
from kefu.appointments.queries import on_day
from kefu.appointments.tests.scene import TUESDAY, booked, o_clock, person, starts
from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

MINUTE = timedelta(minutes=1)


@pytest.fixture
def customer(cast: Cast) -> Customer:
    open_clinic(cast)
    return customer_of(cast)


def hold(cast: Cast, **what: object) -> Appointment:
    given = {"doctor": cast.doctor, "node": cast.bj, "start": o_clock(9), "by": cast.system, "at": cast.at} | what
    return actions.hold_slot(**given)


def refused(cast: Cast, customer: Customer, **what: object) -> Refused:
    with pytest.raises(Refused) as refusal:
        booked(cast, customer, o_clock(9), **what)
    return refusal.value


def held() -> list[Appointment]:
    return list(Appointment.with_holds.filter(status="held"))


@pytest.mark.req("APT-003")
def test_a_slot_held_for_an_unknown_visitor_is_nobody_elses_for_ten_minutes(cast: Cast, customer: Customer) -> None:
    one = hold(cast)
    assert (one.customer_id, one.expires_at) == (None, cast.at + 10 * MINUTE)
    assert starts(cast.doctor, cast.bj, cast.at)[0] == "09:30"
    refusal = refused(cast, customer, at=cast.at + 9 * MINUTE)
    assert refusal.code == "slot_taken"
    assert [offer["start"][11:16] for offer in refusal.details["alternatives"]] == ["09:30", "10:00", "10:30"]
    assert starts(cast.doctor, cast.bj, cast.at + 10 * MINUTE)[0] == "09:00"
    late = booked(cast, customer, o_clock(9), at=cast.at + 10 * MINUTE)
    assert (late.status, held()) == ("booked", [])
    assert AuditEntry.objects.filter(code="appointments.hold.ended", subject_id=one.pk).exists()


def test_a_held_slot_is_no_booking_yet(cast: Cast, customer: Customer) -> None:
    hold(cast, customer=customer)
    assert not Appointment.objects.exists() and not customer.appointments.exists()
    assert not on_day(TUESDAY, cast.manager) and not AppointmentChange.objects.exists()


@pytest.mark.req("APT-003")
def test_the_customer_books_what_was_held(cast: Cast, customer: Customer) -> None:
    one = hold(cast)
    made = booked(cast, customer, one.start, held=one)
    assert (made.status, made.customer, held()) == ("booked", customer, [])
    assert made.changes.get().status == "booked"


def test_what_is_held_for_one_customer_is_not_given_to_another(cast: Cast, customer: Customer) -> None:
    one = hold(cast, customer=customer, by=cast.manager)
    assert refused(cast, person(cast), held=one).code == "slot_taken"
    assert held() == [one]


def test_the_customers_own_hold_gives_way_when_a_colleague_books_for_her(cast: Cast, customer: Customer) -> None:
    hold(cast, customer=customer)
    assert booked(cast, customer, o_clock(9)).status == "booked"
    assert held() == []


def test_a_hold_that_ran_out_is_still_booked_unless_somebody_was_faster(cast: Cast, customer: Customer) -> None:
    one = hold(cast, customer=customer)
    later = one.expires_at + MINUTE
    assert booked(cast, customer, one.start, held=one, at=later).status == "booked"
    two = hold(cast, start=o_clock(10))
    booked(cast, person(cast), two.start, at=later)
    with pytest.raises(Refused) as refusal:
        booked(cast, person(cast, "白示宁", "10000000012"), two.start, held=two, at=later)
    assert refusal.value.code == "slot_taken"


def test_one_visitor_holds_one_slot(cast: Cast, customer: Customer) -> None:
    hold(cast, holder="visitor-1")
    second = hold(cast, holder="visitor-1", start=o_clock(10))
    other = hold(cast, holder="visitor-2")
    assert held() == [second, other]
    with pytest.raises(Refused):
        hold(cast, holder="visitor-2", start=o_clock(10))
    assert held() == [second, other]


def test_a_slot_is_given_back(cast: Cast, customer: Customer) -> None:
    one = hold(cast)
    actions.release_slot(held=one, by=cast.system, at=cast.at)
    assert starts(cast.doctor, cast.bj, cast.at)[0] == "09:00"
    actions.release_slot(held=one, by=cast.system, at=cast.at)


def test_only_a_free_slot_is_held_and_only_until_later(cast: Cast, customer: Customer) -> None:
    booked(cast, customer, o_clock(9))
    with pytest.raises(Refused, match="刚被约走"):
        hold(cast)
    with pytest.raises(Refused, match="不出诊"):
        hold(cast, start=o_clock(13))
    with pytest.raises(Invalid):
        hold(cast, start=o_clock(10), until=cast.at)


def test_staff_hold_where_they_may_book(cast: Cast, customer: Customer) -> None:
    assert hold(cast, by=cast.guide).status == AppointmentStatus.HELD
    with pytest.raises(OutOfScope):
        hold(cast, by=cast.sh_manager, start=o_clock(10))
    with pytest.raises(Forbidden):
        hold(cast, by=cast.keeper, start=o_clock(10))
    with pytest.raises(Forbidden):  # the administrator is no system
        hold(cast, by=cast.admin, start=o_clock(10))


def test_nobody_has_to_want_a_slot_for_its_hold_to_end(cast: Cast, customer: Customer) -> None:
    hold(cast)
    hold(cast, start=o_clock(10), until=cast.at + timedelta(hours=2))
    assert actions.sweep_holds(by=cast.system, at=cast.at + 11 * MINUTE) == 1
    assert [one.start for one in held()] == [o_clock(10)]
    assert actions.sweep_holds(by=cast.system, at=cast.at + 11 * MINUTE) == 0


def test_moving_removes_a_hold_that_ran_out(cast: Cast, customer: Customer) -> None:
    made = booked(cast, customer, o_clock(9))
    hold(cast, start=o_clock(10))
    with pytest.raises(Refused):
        actions.move(appointment=made, start=o_clock(10), by=cast.manager, at=cast.at)
    moved = actions.move(appointment=made, start=o_clock(10), by=cast.manager, at=cast.at + 10 * MINUTE)
    assert (moved.start, held()) == (o_clock(10), [])


def test_the_database_knows_no_hold_without_an_end_and_no_booking_of_nobody(cast: Cast, customer: Customer) -> None:
    one = hold(cast)
    for change in ({"expires_at": None}, {"status": "booked"}, {"status": "booked", "expires_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appointment.with_holds.filter(pk=one.pk).update(**change)


@pytest.mark.req("APT-003")
def test_a_form_sent_twice_books_once(cast: Cast, customer: Customer) -> None:
    first = booked(cast, customer, o_clock(9), key="form-1")
    again = booked(cast, customer, o_clock(9), key="form-1")
    assert first == again
    assert Appointment.objects.count() == AppointmentChange.objects.count() == 1
    other = person(cast)
    with pytest.raises(Refused) as refusal:
        booked(cast, other, o_clock(10), key="form-1")
    assert refusal.value.code == "key_reused"
    assert (
        booked(cast, other, o_clock(10), key="form-1", by=cast.service).customer == other
    )  # keys are each caller's own
