"""A doctor of two centres needs time to get from one to the other."""

from functools import partial

import pytest

from kefu.administration.actions.limits import set_limit
from kefu.appointments import actions
from kefu.appointments.models import Appointment, ClinicSchedule
from kefu.appointments.tests.scene import also_in_shanghai, booked, o_clock, person, starts
from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.models import Customer
from kefu.kernel.errors import Refused
from kefu.testing.cast import Cast, build_cast
from kefu.testing.races import at_once


def scene(cast: Cast) -> tuple[Customer, Customer]:
    open_clinic(cast)
    also_in_shanghai(cast)
    return person(cast), person(cast, "白示宁", "10000000012", cast.sh)


def in_shanghai(cast: Cast, customer: Customer, hour: int, minute: int = 0) -> Appointment:
    return booked(cast, customer, o_clock(hour, minute), node=cast.sh, by=cast.sh_manager)


@pytest.mark.req("APT-003")
def test_between_two_centres_lies_an_hour(cast: Cast) -> None:
    here, there = scene(cast)
    booked(cast, here, o_clock(11))
    with pytest.raises(Refused, match="另一个中心") as refusal:
        in_shanghai(cast, there, 12)
    assert refusal.value.code == "on_the_way"
    assert [offer["start"][11:16] for offer in refusal.value.details["alternatives"]] == ["12:30", "13:00", "13:30"]
    assert in_shanghai(cast, there, 12, 30).status == "booked"


def test_slots_on_the_way_are_not_offered(cast: Cast) -> None:
    here, there = scene(cast)
    assert starts(cast.doctor, cast.sh, cast.at)[0] == "12:00"
    booked(cast, here, o_clock(11))
    assert starts(cast.doctor, cast.sh, cast.at)[:2] == ["12:30", "13:00"]
    in_shanghai(cast, there, 12, 30)
    assert starts(cast.doctor, cast.bj, cast.at) == ["09:00", "09:30", "10:00", "10:30"]


@pytest.mark.req("APT-003")
def test_the_way_begins_once_the_room_is_left(cast: Cast) -> None:
    here, there = scene(cast)
    ClinicSchedule.objects.filter(doctor=cast.doctor, node=cast.bj).update(buffer_before=10, buffer_after=15)
    made = booked(cast, here, o_clock(11))
    assert (made.end, made.blocked.upper) == (o_clock(11, 30), o_clock(11, 45))
    assert starts(cast.doctor, cast.sh, cast.at)[0] == "13:00"
    with pytest.raises(Refused) as refusal:
        in_shanghai(cast, there, 12, 30)
    assert refusal.value.code == "on_the_way"
    assert in_shanghai(cast, there, 13).status == "booked"


def test_each_centre_says_how_far_it_is(cast: Cast) -> None:
    here, there = scene(cast)
    set_limit(code="appointments.travel_minutes", value=30, node=cast.bj, valid_from=cast.at.date(), by=cast.admin, at=cast.at)  # fmt: skip
    booked(cast, here, o_clock(11, 30))
    with pytest.raises(Refused):
        in_shanghai(cast, there, 12)
    assert in_shanghai(cast, there, 12, 30).status == "booked"


def test_a_booking_moved_to_the_other_centre_needs_the_way_too(cast: Cast) -> None:
    here, there = scene(cast)
    booked(cast, here, o_clock(11, 30))
    made = in_shanghai(cast, there, 14)
    with pytest.raises(Refused) as refusal:
        actions.move(appointment=made, start=o_clock(12), by=cast.supervisor, at=cast.at)
    assert refusal.value.code == "on_the_way"
    made.refresh_from_db()
    assert (made.start, made.sequence) == (o_clock(14), 0)


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_two_centres_at_the_same_moment_do_not_tear_the_doctor_apart() -> None:
    cast = build_cast()
    here, there = scene(cast)
    for _round in range(5):
        got = at_once([partial(booked, cast, here, o_clock(11, 30)), partial(in_shanghai, cast, there, 12)])
        assert {type(one) for one in got} == {Appointment, Refused}
        assert [one.code for one in got if isinstance(one, Refused)] == ["on_the_way"]
        assert Appointment.objects.count() == 1
        Appointment.objects.all().delete()
