"""Booking a slot: what is free, who is faster, and the ways out."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import TimestamptzRange

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus, AppointmentType
from kefu.appointments.models import Appointment
from kefu.appointments.queries import free_slots
from kefu.customers.actions.leads import create_lead
from kefu.customers.models import Customer, TimelineLine
from kefu.foundation.notices.models import Notice
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import Room
from kefu.people import actions as people
from kefu.testing.cast import SHANGHAI, Cast, build_cast
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of

TUESDAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
FIRST = AppointmentType.FIRST_VISIT


def open_clinic(cast: Cast) -> None:
    """The doctor's Tuesdays, nine to twelve, half an hour each."""
    load_calendars(by=None, at=cast.at)
    for doctor, room in ((cast.doctor, Room.objects.get(code="BJ-R1")), (cast.doctor2, None)):
        actions.add_hours(doctor=doctor, node=cast.bj, room=room, weekday=1, opens=time(9), closes=time(12), slot_minutes=30,
                          valid_from=date(2026, 1, 1), by=cast.director, at=cast.at)  # fmt: skip


@pytest.fixture
def customer(cast: Cast) -> Customer:
    open_clinic(cast)
    return customer_of(cast)


def book(cast: Cast, customer: Customer, start: datetime = NINE) -> Appointment:
    return actions.book(
        customer=customer, doctor=cast.doctor, node=cast.bj, type=FIRST, start=start, by=cast.manager, at=cast.at
    )


def starts(cast: Cast, day: date = TUESDAY) -> list[str]:
    return [f"{slot.start:%H:%M}" for slot in free_slots(cast.doctor, cast.bj, day, cast.at)]


@pytest.mark.req("APT-002")
def test_only_what_is_free_is_offered(cast: Cast, customer: Customer) -> None:
    assert starts(cast) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    book(cast, customer)
    assert starts(cast) == ["09:30", "10:00", "10:30", "11:00", "11:30"]
    assert starts(cast, date(2026, 11, 25)) == []
    assert free_slots(cast.doctor, cast.sh, TUESDAY, cast.at) == []


@pytest.mark.req("APT-002")
def test_leave_and_holidays_close_the_clinic_and_a_past_hour_is_gone(cast: Cast, customer: Customer) -> None:
    actions.take_leave(
        doctor=cast.doctor, first=TUESDAY, last=TUESDAY, node=cast.bj, closes=time(10), reason="开会", by=cast.director, at=cast.at
    )  # fmt: skip
    assert starts(cast) == ["10:00", "10:30", "11:00", "11:30"]
    assert free_slots(cast.doctor, cast.bj, date(2026, 10, 6), datetime(2026, 10, 1, tzinfo=SHANGHAI)) == []
    later = NINE + timedelta(hours=1, minutes=45)
    assert [f"{slot.start:%H:%M}" for slot in free_slots(cast.doctor, cast.bj, TUESDAY, later)] == ["11:00", "11:30"]


@pytest.mark.req("APT-013", part="alternatives")
@pytest.mark.req("APT-003")
def test_a_taken_slot_is_refused_with_three_others(cast: Cast, customer: Customer) -> None:
    book(cast, customer)
    other = create_lead(name="陶映川", phone="10000000002", node=cast.bj, by=cast.manager, at=cast.at).customer
    with pytest.raises(Refused) as refusal:
        book(cast, other)
    assert refusal.value.code == "slot_taken"
    assert [offer["start"][11:16] for offer in refusal.value.details["alternatives"]] == ["09:30", "10:00", "10:30"]
    assert Appointment.objects.count() == 1


@pytest.mark.req("APT-013", part="alternatives")
def test_the_three_others_are_the_nearest_before_and_after(cast: Cast, customer: Customer) -> None:
    wanted = NINE + timedelta(minutes=90)
    book(cast, customer, wanted)
    other = create_lead(name="陶映川", phone="10000000002", node=cast.bj, by=cast.manager, at=cast.at).customer
    with pytest.raises(Refused) as refusal:
        book(cast, other, wanted)
    assert [offer["start"][11:16] for offer in refusal.value.details["alternatives"]] == ["09:30", "10:00", "11:00"]


@pytest.mark.req("APT-003")
def test_the_database_itself_refuses_an_overlap(cast: Cast, customer: Customer) -> None:
    booked = book(cast, customer)
    booked.pk, booked.customer = (
        None,
        create_lead(name="陶映川", phone="10000000002", node=cast.bj, by=cast.manager, at=cast.at).customer,
    )
    booked.during = TimestamptzRange(NINE + timedelta(minutes=29), NINE + timedelta(minutes=59))
    with pytest.raises(IntegrityError, match="appointment_one_per_doctor"), transaction.atomic():
        booked.save(force_insert=True)


def test_a_customer_cannot_be_in_two_rooms(cast: Cast, customer: Customer) -> None:
    book(cast, customer)
    with pytest.raises(Refused) as refusal:
        actions.book(
            customer=customer, doctor=cast.doctor2, node=cast.bj, type=FIRST, start=NINE, by=cast.manager, at=cast.at
        )
    assert refusal.value.code == "customer_busy"


def test_the_same_booking_twice_is_told_that_the_slot_is_taken(cast: Cast, customer: Customer) -> None:
    book(cast, customer)
    with pytest.raises(Refused) as refusal:
        book(cast, customer)
    assert refusal.value.code == "slot_taken"
    assert customer.appointments.get().changes.count() == 1


def test_moving_onto_a_taken_slot_changes_nothing(cast: Cast, customer: Customer) -> None:
    other = create_lead(name="陶映川", phone="10000000002", node=cast.bj, by=cast.manager, at=cast.at).customer
    book(cast, other, NINE + timedelta(hours=1))
    booked = book(cast, customer)
    with pytest.raises(Refused) as refusal:
        actions.move(appointment=booked, start=NINE + timedelta(hours=1), by=cast.manager, at=cast.at)
    assert refusal.value.code == "slot_taken"
    assert (Appointment.objects.get(pk=booked.pk).start, booked.changes.count()) == (NINE, 1)


def test_moving_frees_the_old_slot_and_keeps_the_history(cast: Cast, customer: Customer) -> None:
    booked = actions.move(
        appointment=book(cast, customer),
        start=NINE + timedelta(hours=1),
        reason="客户堵车",
        by=cast.service,
        at=cast.at,
    )
    assert starts(cast) == ["09:00", "09:30", "10:30", "11:00", "11:30"]
    change = booked.changes.latest("pk")
    assert (change.before, change.after, change.reason) == (NINE, NINE + timedelta(hours=1), "客户堵车")


def test_cancelling_needs_a_reason_frees_the_slot_and_tells_the_doctor(cast: Cast, customer: Customer) -> None:
    booked = book(cast, customer)
    with pytest.raises(Invalid):
        actions.cancel(appointment=booked, reason="", by=cast.manager, at=cast.at)
    actions.cancel(appointment=booked, reason="客户出差", by=cast.manager, at=cast.at)
    assert starts(cast)[0] == "09:00"
    assert Notice.objects.filter(user=cast.doctor, text__contains="取消了预约").exists()
    assert TimelineLine.objects.filter(customer=customer, kind="appointment").count() == 2


def test_the_day_of_the_visit(cast: Cast, customer: Customer) -> None:
    booked = book(cast, customer)
    with pytest.raises(Refused) as refusal:
        actions.set_status(appointment=booked, status=AppointmentStatus.ARRIVED, by=cast.manager, at=cast.at)
    assert refusal.value.code == "too_early"
    actions.set_status(appointment=booked, status=AppointmentStatus.NO_SHOW, by=cast.manager, at=NINE)
    assert starts(cast)[0] == "09:00"
    actions.set_status(appointment=booked, status=AppointmentStatus.ARRIVED, by=cast.manager, at=NINE)
    done = actions.set_status(appointment=booked, status=AppointmentStatus.COMPLETED, by=cast.doctor, at=NINE)
    assert done.status == "completed"


def test_doctors_book_but_do_not_change(cast: Cast, customer: Customer) -> None:
    booked = actions.book(
        customer=customer, doctor=cast.doctor, node=cast.bj, type=FIRST, start=NINE, by=cast.doctor, at=cast.at
    )
    with pytest.raises(Forbidden):
        actions.move(appointment=booked, start=NINE + timedelta(hours=1), by=cast.doctor, at=cast.at)
    with pytest.raises(OutOfScope):
        actions.cancel(appointment=booked, reason="别的中心", by=cast.sh_manager, at=cast.at)
    assert not Appointment.objects.visible_to(cast.sh_manager).exists()


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_forty_people_reach_for_one_slot_and_one_gets_it() -> None:
    cast = build_cast()
    open_clinic(cast)
    people = [
        create_lead(name=f"客户{n}", phone=f"1000000{n:04d}", node=cast.bj, by=cast.manager, at=cast.at).customer
        for n in range(40)
    ]
    got = at_once([partial(book, cast, customer) for customer in people])
    refusals = [one for one in got if isinstance(one, Refused)]
    assert Counter(type(one) for one in got) == {Appointment: 1, Refused: 39}
    assert {refusal.code for refusal in refusals} == {"slot_taken"}
    offered = {tuple(offer["start"][11:16] for offer in refusal.details["alternatives"]) for refusal in refusals}
    assert offered == {("09:30", "10:00", "10:30")}
    assert Appointment.objects.get().start == NINE


@pytest.mark.req("ORG-002")
def test_nobody_is_booked_with_a_doctor_who_may_not_practise(cast: Cast, customer: Customer) -> None:
    people.withdraw_certification(doctor=cast.doctor.doctor, reason="复核中", by=cast.admin, at=cast.at)
    with pytest.raises(Refused) as refused:
        book(cast, customer)
    assert (refused.value.code, refused.value.details["hindrance"]) == ("doctor_not_certified", "not_certified")
    assert not Appointment.objects.exists()
