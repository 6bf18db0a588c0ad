"""Many people at the slots at the same moment, each on a connection of their own. Whatever happens, nobody is at two places at once."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from threading import Barrier

import pytest
from django.db import connection, transaction

from kefu.appointments import actions
from kefu.appointments.actions import Decision
from kefu.appointments.choices import Settlement
from kefu.appointments.models import Appointment, ClinicSchedule
from kefu.appointments.tests.scene import FIRST, booked, o_clock, person
from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.models import Customer
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Refused
from kefu.organisation.models import Grant, Role, Room, User
from kefu.people.models import Doctor
from kefu.testing.cast import SHANGHAI, Cast, build_cast
from kefu.testing.races import PATIENCE, at_once

DOCTORS, CUSTOMERS, PEOPLE = 20, 30, 8
CLASHES = """
    SELECT count(*) FROM appointments_appointment a JOIN appointments_appointment b ON a.id < b.id
    WHERE a.status IN ('held', 'booked', 'arrived', 'completed') AND b.status IN ('held', 'booked', 'arrived', 'completed')
      AND (a.during && b.during AND (a.doctor_id = b.doctor_id OR a.customer_id = b.customer_id OR a.room_id = b.room_id)
           OR a.doctor_id = b.doctor_id AND a.node_id <> b.node_id
              AND lower(a.during) < upper(b.during) + interval '60 minutes' AND lower(b.during) < upper(a.during) + interval '60 minutes')
"""
REFUSALS = {
    "slot_taken",
    "customer_busy",
    "on_the_way",
    "no_slot",
    "status",
    "too_often",
    "hits_bookings",
    "hits_changed",
}


def clashes() -> int:
    with connection.cursor() as cursor:
        cursor.execute(CLASHES)
        return int(cursor.fetchone()[0])


class World:
    """Twenty doctors, each with clinic hours at two centres on two days, and thirty customers."""

    def __init__(self) -> None:
        self.cast = cast = build_cast()
        load_calendars(by=None, at=cast.at)
        role, rooms = Role.objects.get(code="doctor"), [Room.objects.get(code="BJ-R1"), None]
        self.doctors = [self._doctor(number, role) for number in range(DOCTORS)]
        self.customers = [person(cast, f"白示{n}", f"1000000{n:04d}") for n in range(CUSTOMERS)]
        self.days = [date(2026, 11, 24), date(2026, 11, 25)]
        ClinicSchedule.objects.bulk_create(
            ClinicSchedule(doctor=doctor, node=node, room=rooms[number % 2] if node == cast.bj else None, weekday=day.weekday(),
                           opens=time(9 if node == cast.bj else 12), closes=time(12 if node == cast.bj else 15), slot_minutes=30,
                           valid_from=date(2026, 1, 1))
            for number, doctor in enumerate(self.doctors) for node in (cast.bj, cast.sh) for day in self.days
        )  # fmt: skip

    def _doctor(self, number: int, role: Role) -> User:
        user = User(username=f"d{number}", job_number=f"9{number:03d}", name=f"医示{number}", node=self.cast.bj, undertaking_signed_on=date(2026, 1, 5))  # fmt: skip
        user.set_unusable_password()
        user.save()
        Grant.objects.create(user=user, role=role, node=self.cast.bj, valid_from=date(2026, 1, 5))
        Doctor.objects.create(user=user, employment="full_time", specialty_zh="营养与代谢", certified_on=date(2026, 1, 5), certified_by=self.cast.admin)  # fmt: skip
        return user

    def anything(self, dice: Random, count: int) -> Counter[str]:
        """So many things that people do at a desk, each refused or done; answers which."""
        done: Counter[str] = Counter()
        for _turn in range(count):
            verb = dice.choice(["book"] * 5 + ["move"] * 3 + ["cancel"] * 2 + ["hold"] * 2 + ["leave"])
            try:
                getattr(self, f"_{verb}")(dice)
                done[verb] += 1
            except Refused as refusal:
                done[refusal.code] += 1
        return done

    def _slot(self, dice: Random) -> dict[str, object]:
        node, opens = dice.choice([(self.cast.bj, time(9)), (self.cast.sh, time(12))])
        start = datetime.combine(dice.choice(self.days), opens, SHANGHAI) + timedelta(minutes=30 * dice.randrange(6))
        return {"doctor": dice.choice(self.doctors[:6]), "node": node, "start": start}

    def _book(self, dice: Random) -> None:
        actions.book(
            customer=dice.choice(self.customers), type=FIRST, by=self.cast.service, at=self.cast.at, **self._slot(dice)
        )

    def _move(self, dice: Random) -> None:
        if row := self._some(dice):
            actions.move(appointment=row, by=self.cast.service, at=self.cast.at, **self._slot(dice))

    def _cancel(self, dice: Random) -> None:
        if row := self._some(dice):
            actions.cancel(appointment=row, reason="不来了", by=self.cast.service, at=self.cast.at)

    def _hold(self, dice: Random) -> None:
        later = self.cast.at - timedelta(minutes=dice.choice([0, 20]))  # some have run out by now
        actions.hold_slot(
            customer=dice.choice([None, *self.customers]), by=self.cast.service, at=later, **self._slot(dice)
        )

    def _leave(self, dice: Random) -> None:
        day = dice.choice(self.days)
        said = {
            "doctor": dice.choice(self.doctors[:6]),
            "node": self.cast.bj,
            "first": day,
            "last": day,
            "reason": "临时有事",
            "by": self.cast.director,
            "at": self.cast.at,
        }
        try:
            actions.take_leave(**said, opens=time(11), closes=time(12))
        except Refused as refusal:
            later = {
                int(one.removeprefix("apt_")): Decision(Settlement.OPEN) for one in refusal.details.get("bookings", [])
            }
            if not later or dice.random() < 0.5:
                raise
            actions.take_leave(**said, opens=time(11), closes=time(12), decisions=later)

    def _some(self, dice: Random) -> Appointment | None:
        ids = list(Appointment.objects.filter(status="booked").values_list("pk", flat=True)[:200])
        return Appointment.objects.get(pk=dice.choice(ids)) if ids else None


def everybody(world: World, turns: int, seed: int) -> Counter[str]:
    got = at_once([partial(world.anything, Random(seed + number), turns) for number in range(PEOPLE)])
    assert [one for one in got if not isinstance(one, Counter)] == []
    return sum((one for one in got if isinstance(one, Counter)), Counter())


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_eight_people_do_anything_at_once_and_nobody_is_in_two_places() -> None:
    done = everybody(World(), 25, seed=1)
    assert clashes() == 0
    assert done.total() == PEOPLE * 25
    assert {"book", "move", "cancel", "hold", "leave", "slot_taken", "on_the_way"} <= done.keys() <= REFUSALS | {
        "book", "move", "cancel", "hold", "leave",
    }  # fmt: skip


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(100, 1000, 100))
def test_the_same_for_minutes(seed: int) -> None:
    everybody(World(), 400, seed)
    assert clashes() == 0


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_one_customer_at_two_centres_at_once_gets_one_booking() -> None:
    cast = build_cast()
    open_clinic(cast)
    ClinicSchedule.objects.create(doctor=cast.sh_doctor, node=cast.sh, weekday=1, opens=time(9), closes=time(12), slot_minutes=30,
                                  valid_from=date(2026, 1, 1))  # fmt: skip
    customer = person(cast)
    got = at_once(
        [
            partial(booked, cast, customer, o_clock(9)),
            partial(booked, cast, customer, o_clock(9), doctor=cast.sh_doctor, node=cast.sh, by=cast.sh_manager),
        ]
    )
    assert Counter(type(one) for one in got) == {Appointment: 1, Refused: 1}
    assert [one.code for one in got if isinstance(one, Refused)] == ["customer_busy"]


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
    assert Appointment.objects.count() == 2 and clashes() == 0


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
