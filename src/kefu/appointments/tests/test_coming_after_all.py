"""Somebody recorded as not come has come, or never stayed away: the slot is theirs again unless somebody else has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import transaction

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.models import Appointment
from kefu.appointments.tests.scene import booked, o_clock, person
from kefu.appointments.tests.test_booking import open_clinic
from kefu.appointments.tests.test_sessions import NINE, people, shared
from kefu.appointments.tests.test_timetables import book
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Refused
from kefu.testing.cast import Cast, build_cast
from kefu.testing.races import PATIENCE, at_once

EIGHT = o_clock(8)
Return = Callable[[Cast, Appointment], Appointment]


def came(cast: Cast, row: Appointment) -> Appointment:
    return actions.set_status(appointment=row, status=AppointmentStatus.ARRIVED, by=cast.manager, at=row.start)


def reopened(cast: Cast, row: Appointment) -> Appointment:
    return actions.reopen(appointment=row, reason="点错了", by=cast.director, at=row.start)


def missed(cast: Cast, row: Appointment) -> Appointment:
    at = row.start - timedelta(hours=1)
    return actions.set_status(appointment=row, status=AppointmentStatus.NO_SHOW, by=cast.manager, at=at)


@pytest.mark.req("APT-003")
@pytest.mark.parametrize(("back", "status"), [(came, "arrived"), (reopened, "booked")])
def test_a_slot_held_meanwhile_is_had_again_once_nobody_keeps_it(cast: Cast, back: Return, status: str) -> None:
    open_clinic(cast)
    row = missed(cast, booked(cast, person(cast), o_clock(9)))
    hold = partial(actions.hold_slot, doctor=cast.doctor, node=cast.bj, start=row.start, by=cast.system, at=EIGHT)
    kept = hold(until=row.start + timedelta(minutes=1))
    with pytest.raises(Refused) as refusal:
        back(cast, row)
    assert refusal.value.code == "slot_taken"
    actions.release_slot(held=kept, by=cast.system, at=EIGHT)
    hold(until=row.start)
    assert back(cast, row).status == status
    assert not Appointment.with_holds.filter(status=AppointmentStatus.HELD).exists()


def test_what_was_held_for_the_customer_at_that_time_gives_way(cast: Cast) -> None:
    open_clinic(cast)
    customer = person(cast)
    row = missed(cast, booked(cast, customer, o_clock(9)))
    actions.hold_slot(customer=customer, doctor=cast.doctor2, node=cast.bj, start=row.start, until=o_clock(10), by=cast.manager, at=EIGHT)  # fmt: skip
    assert came(cast, row).status == "arrived"
    assert not Appointment.with_holds.filter(status=AppointmentStatus.HELD).exists()


@pytest.mark.req("APT-003")
def test_whose_seat_was_given_away_sits_in_another_while_there_is_one(cast: Cast) -> None:
    load_calendars(by=None, at=cast.at)
    shared(cast, capacity=2)
    one, two, three = people(cast, 3)
    first, second = book(cast, one, NINE), book(cast, two, NINE)
    missed(cast, first)
    third = book(cast, three, NINE)
    assert (first.seat, second.seat, third.seat) == (1, 2, 1)
    with pytest.raises(Refused) as refusal:
        came(cast, first)
    assert refusal.value.code == "slot_taken"
    missed(cast, second)
    assert came(cast, first).seat == 2
    seats = Appointment.objects.exclude(status=AppointmentStatus.NO_SHOW).values_list("customer", "seat")
    assert set(seats) == {(one.pk, 2), (three.pk, 1)}


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("back", [came, reopened])
def test_who_waits_for_somebody_who_comes_after_all_is_told_as_anybody_who_came_second(back: Return) -> None:
    cast = build_cast()
    open_clinic(cast)
    late = [missed(cast, booked(cast, person(cast, f"白示{n}", f"1000000000{n}"), o_clock(9 + n))) for n in range(2)]
    others = [person(cast, f"陶示{n}", f"1000000001{n}") for n in range(2)]
    gate = Barrier(2)

    def both(number: int) -> Appointment:
        with transaction.atomic():
            booked(cast, others[number], late[1 - number].start, at=EIGHT)
            gate.wait(PATIENCE)
            return back(cast, late[number])

    got = at_once([partial(both, 0), partial(both, 1)])
    refused = [one for one in got if isinstance(one, Refused)]
    assert len(refused) == 1 and refused[0].code == "slot_taken", got
    standing = Appointment.objects.exclude(status=AppointmentStatus.NO_SHOW)
    assert standing.count() == standing.values("during").distinct().count() == 2
