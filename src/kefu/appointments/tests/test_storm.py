"""A storm at the slots: eight people on connections of their own. Whatever happens, nobody is at two places, and nothing that was done is lost."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial
from random import Random

import pytest
from django.db.models import F, OuterRef, Subquery

from kefu.appointments.models import Appointment, AppointmentChange, AppointmentRequest
from kefu.appointments.tests.storm import NOTHING, REFUSALS, VERBS, World
from kefu.testing.races import at_once

PEOPLE = 8
BOOKING = ("book", "book_by_program", "choose", "accept")


@pytest.fixture(autouse=True)
def the_storys_clock(settings: object) -> None:
    settings.TEST_CLOCK = True  # type: ignore[attr-defined]


def everybody(world: World, most: int, seed: int, seconds: float = math.inf) -> Counter[str]:
    """What was done and refused, how often, by all of them; nobody met a fault."""
    got = at_once([partial(world.work, Random(seed + number), most, seconds) for number in range(PEOPLE)])
    assert [one for one in got if not isinstance(one, Counter)] == []
    return sum((one for one in got if isinstance(one, Counter)), Counter())


def stands(world: World, done: Counter[str]) -> None:
    """Nobody and nothing is in two places; each booking that was confirmed is there, as its history says; a fair share was not refused."""
    assert world.collisions() == []
    assert done.keys() <= VERBS.keys() | REFUSALS | {NOTHING}
    assert sum(done[verb] for verb in VERBS) > done.total() / 4, done
    assert Appointment.objects.count() == sum(done[verb] for verb in BOOKING)
    assert Appointment.objects.filter(status="cancelled").count() == done["cancel"]
    last = AppointmentChange.objects.filter(appointment=OuterRef("pk")).order_by("-pk").values("status")[:1]
    assert not Appointment.objects.annotate(said=Subquery(last)).exclude(status=F("said")).exists()
    answered = AppointmentRequest.objects.filter(state="booked")
    assert answered.count() == answered.values("appointment").distinct().count() == done["choose"] + done["accept"]


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_ten_seconds_of_anything_at_twenty_doctors_leave_nobody_in_two_places() -> None:
    world = World()
    done = everybody(world, 60, seed=1, seconds=10)
    stands(world, done)
    assert {"book", "move", "cancel"} <= done.keys() and done.keys() & {"slot_taken", "customer_busy"}, done


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(100, 1000, 100))
def test_the_same_for_minutes(seed: int) -> None:
    world = World()
    done = everybody(world, 400, seed)
    stands(world, done)
    assert {*VERBS, "slot_taken", "customer_busy", "on_the_way", "no_slot", "hits_bookings"} - {
        "hits_bookings"
    } <= done.keys(), done
