"""Many people at the slots at the same moment, each on a connection of their own. Whatever happens, nobody is at two places at once."""

from collections import Counter
from datetime import date, time, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import transaction

from kefu.appointments import actions
from kefu.appointments.models import Appointment, ClinicSchedule
from kefu.appointments.tests.collisions import collisions
from kefu.appointments.tests.scene import booked, o_clock, person
from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.models import Customer
from kefu.kernel.errors import Refused
from kefu.testing.cast import Cast, build_cast
from kefu.testing.races import PATIENCE, at_once


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_one_customer_at_two_centres_at_once_gets_one_booking() -> None:
    cast = build_cast()
    open_clinic(cast)
    ClinicSchedule.objects.create(doctor=cast.sh_doctor, node=cast.sh, weekday=1, opens=time(9), closes=time(12), slot_minutes=30,
                                  valid_from=date(2026, 1, 1))  # fmt: skip
    there = {"doctor": cast.sh_doctor, "node": cast.sh, "by": cast.sh_manager}
    people = [person(cast, f"白示{n}", f"1000000{n:04d}") for n in range(6)]
    times = [o_clock(9) + number * timedelta(minutes=30) for number in range(6)]
    pairs = list(zip(people, times, strict=True))
    got = at_once([partial(booked, cast, who, start, **where) for who, start in pairs for where in ({}, there)])
    assert Counter(type(one) for one in got) == {Appointment: 6, Refused: 6}, got
    assert {one.code for one in got if isinstance(one, Refused)} == {"customer_busy"}
    assert {(row.customer, row.start) for row in Appointment.objects.select_related("customer")} == set(pairs)
    assert collisions({}) == []


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_who_waits_for_each_other_is_told_that_somebody_was_faster() -> None:
    cast = build_cast()
    open_clinic(cast)
    people = [person(cast, f"白示{n}", f"1000000{n:04d}") for n in range(4)]
    gate = Barrier(2)

    def both(first: Customer, then: Customer, hours: tuple[int, int]) -> list[Appointment]:
        with transaction.atomic():
            one = booked(cast, first, o_clock(hours[0]))
            gate.wait(PATIENCE)
            return [one, booked(cast, then, o_clock(hours[1]))]

    got = at_once([partial(both, people[0], people[1], (9, 10)), partial(both, people[2], people[3], (10, 9))])
    (refusal,) = [one for one in got if isinstance(one, Refused)]
    assert refusal.code == "slot_taken" and len(refusal.details["alternatives"]) == 3
    assert Appointment.objects.count() == 2 and collisions({}) == []


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_forty_hold_one_slot_that_ran_out_and_one_gets_it() -> None:
    cast: Cast = build_cast()
    open_clinic(cast)
    actions.hold_slot(
        doctor=cast.doctor, node=cast.bj, start=o_clock(9), by=cast.system, at=cast.at - timedelta(minutes=30)
    )
    hold = partial(actions.hold_slot, doctor=cast.doctor, node=cast.bj, start=o_clock(9), by=cast.system, at=cast.at)
    got = at_once([hold] * 40)
    assert Counter(type(one) for one in got) == {Appointment: 1, Refused: 39}
    assert {one.code for one in got if isinstance(one, Refused)} == {"slot_taken"}
    assert Appointment.with_holds.get().expires_at == cast.at + timedelta(minutes=10)
