"""Hours that several share: seats, and what the database refuses."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import TimestamptzRange

from kefu.appointments import actions
from kefu.appointments.models import Appointment, ClinicSchedule
from kefu.appointments.queries import free_slots
from kefu.appointments.tests.test_timetables import WEDNESDAY, book, hours
from kefu.customers.actions.leads import create_lead
from kefu.customers.models import Customer
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Refused
from kefu.organisation.models import Room
from kefu.testing.cast import SHANGHAI, Cast, build_cast
from kefu.testing.races import at_once

NINE = datetime(2026, 11, 25, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def shared(cast: Cast, capacity: int = 3) -> ClinicSchedule:
    """Wednesdays nine to eleven, an hour for several in the first consulting room."""
    return hours(cast, capacity=capacity, slot_minutes=60, room=Room.objects.get(code="BJ-R1"))


def people(cast: Cast, count: int) -> list[Customer]:
    return [
        create_lead(name=f"白示{n}", phone=f"1000000{n:04d}", node=cast.bj, by=cast.manager, at=cast.at).customer
        for n in range(count)
    ]


@pytest.fixture
def group(cast: Cast) -> ClinicSchedule:
    load_calendars(by=None, at=cast.at)
    return shared(cast)


@pytest.mark.req("APT-003")
def test_a_session_takes_as_many_as_it_has_seats(cast: Cast, group: ClinicSchedule) -> None:
    everybody = people(cast, 5)
    booked = [book(cast, customer, NINE) for customer in everybody[:3]]
    assert [(one.seat, one.session) for one in booked] == [(1, group.pk), (2, group.pk), (3, group.pk)]
    with pytest.raises(Refused) as refusal:
        book(cast, everybody[3], NINE)
    assert refusal.value.code == "slot_taken"
    assert [offer["start"][11:16] for offer in refusal.value.details["alternatives"]][:1] == ["10:00"]
    actions.cancel(appointment=booked[1], reason="客户出差", by=cast.manager, at=cast.at)
    assert [(slot.start.hour, slot.left) for slot in free_slots(cast.doctor, cast.bj, WEDNESDAY, cast.at)] == [
        (9, 1),
        (10, 3),
    ]
    assert book(cast, everybody[4], NINE).seat == 2


def test_a_session_whose_seats_were_cut_takes_nobody_beyond_them(cast: Cast, group: ClinicSchedule) -> None:
    everybody = people(cast, 4)
    booked = [book(cast, customer, NINE) for customer in everybody[:3]]
    actions.cancel(appointment=booked[1], reason="客户出差", by=cast.manager, at=cast.at)
    ClinicSchedule.objects.filter(pk=group.pk).update(capacity=2)
    with pytest.raises(Refused) as refusal:
        book(cast, everybody[3], NINE)
    assert refusal.value.code == "slot_taken"


@pytest.mark.req("APT-003")
def test_nobody_sits_in_a_session_twice(cast: Cast, group: ClinicSchedule) -> None:
    (customer,) = people(cast, 1)
    book(cast, customer, NINE)
    with pytest.raises(Refused) as refusal:
        book(cast, customer, NINE)
    assert refusal.value.code == "customer_busy"
    assert Appointment.objects.count() == 1


@pytest.mark.req("APT-003")
def test_a_full_session_is_not_moved_into(cast: Cast, group: ClinicSchedule) -> None:
    everybody = people(cast, 4)
    for customer in everybody[:3]:
        book(cast, customer, NINE)
    later = book(cast, everybody[3], NINE + HOUR)
    with pytest.raises(Refused) as refusal:
        actions.move(appointment=later, start=NINE, by=cast.manager, at=cast.at)
    assert refusal.value.code == "slot_taken"
    later.refresh_from_db()
    assert (later.start, later.seat) == (NINE + HOUR, 1)
    first = Appointment.objects.get(customer=everybody[0])
    assert actions.move(appointment=first, start=NINE + HOUR, by=cast.manager, at=cast.at).seat == 2


def _other(booked: Appointment, customer: Customer, **changes: object) -> Appointment:
    columns = {field.attname: getattr(booked, field.attname) for field in Appointment._meta.concrete_fields}
    return Appointment(**columns | {"id": None, "customer_id": customer.pk} | changes)


@pytest.mark.req("APT-003")
def test_the_database_keeps_a_session_apart_from_all_else(cast: Cast, group: ClinicSchedule) -> None:
    one, two = people(cast, 2)
    booked = book(cast, one, NINE)
    half = TimestamptzRange(NINE + HOUR / 2, NINE + HOUR)
    for changes, constraint in (
        ({"seat": 1}, "appointment_seat_once"),
        ({"session": None, "seat": 0}, "appointment_one_per_doctor"),
        ({"session": group.pk + 1, "seat": 2}, "appointment_one_per_doctor"),
        ({"session": None, "seat": 0, "during": half, "doctor_id": cast.doctor2.pk}, "appointment_one_per_room"),
        ({"seat": 2, "customer_id": one.pk}, "appointment_one_per_customer"),
        ({"session": None, "seat": 2}, "appointment_seat"),
        ({"seat": 0}, "appointment_seat"),
        ({"blocked": half, "seat": 2}, "appointment_blocked"),
    ):
        with pytest.raises(IntegrityError, match=f'"{constraint}"'), transaction.atomic():
            _other(booked, two, **changes).save(force_insert=True)
    _other(booked, two, seat=2).save(force_insert=True)


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_twenty_reach_for_three_seats_and_three_get_them() -> None:
    cast = build_cast()
    load_calendars(by=None, at=cast.at)
    shared(cast)
    got = at_once([partial(book, cast, customer, NINE) for customer in people(cast, 20)])
    assert Counter(type(one) for one in got) == {Appointment: 3, Refused: 17}
    assert {one.code for one in got if isinstance(one, Refused)} == {"slot_taken"}
    assert sorted(Appointment.objects.values_list("seat", flat=True)) == [1, 2, 3]
