"""What nobody settled on its day, and the three kinds of visits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus, AppointmentType
from kefu.appointments.jobs import missed
from kefu.appointments.models import Appointment
from kefu.appointments.tests.scene import booked, o_clock, person, starts
from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.models import TimelineLine
from kefu.foundation.notices.models import Notice
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

Send = Callable[..., tuple[int, Any, Any]]


def test_in_the_evening_what_was_left_open_is_recorded_as_missed_and_undone_when_it_was_not(cast: Cast) -> None:
    open_clinic(cast)
    left = booked(cast, customer_of(cast), o_clock(9))
    came = booked(cast, person(cast), o_clock(10))
    actions.set_status(appointment=came, status=AppointmentStatus.ARRIVED, by=cast.manager, at=o_clock(10))
    missed(at=o_clock(12))  # nine thirty and three hours are not over yet
    assert Appointment.objects.get(pk=left.pk).status == "booked"
    for _twice in range(2):
        missed(at=o_clock(22))
    left.refresh_from_db()
    assert (left.status, left.changes.count()) == ("no_show", 2)
    assert str(left.changes.latest("pk").reason) == "appointments.booking.left_open"
    assert Appointment.objects.get(pk=came.pk).status == "arrived"
    next_morning = o_clock(9) + timedelta(days=1)
    done = actions.set_status(appointment=left, status=AppointmentStatus.ARRIVED, by=cast.manager, at=next_morning)
    assert done.status == "arrived"


def test_a_visit_moved_before_its_turn_in_the_night_is_not_missed(cast: Cast) -> None:
    open_clinic(cast)
    left = booked(cast, customer_of(cast), o_clock(9))
    actions.move(appointment=left, start=o_clock(9) + timedelta(days=7), by=cast.manager, at=cast.at)
    assert not actions.miss(appointment=left, by=cast.system, at=o_clock(22))
    left.refresh_from_db()
    assert left.status == "booked"


@pytest.mark.req("APT-015")
def test_first_visit_revisit_and_interpretation_are_registered_alike(
    cast: Cast, program: Callable[[User], Send]
) -> None:
    open_clinic(cast)
    customer, send = customer_of(cast), program(cast.manager)
    kinds = ["first_visit", "revisit", "interpretation"]
    assert [kind.value for kind in AppointmentType] == kinds
    for number, kind in enumerate(kinds):
        body = {"customer": f"cus_{customer.pk}", "doctor": cast.doctor.job_number, "node": "BJ", "type": kind, "start": o_clock(9 + number).isoformat()}  # fmt: skip
        status, made, _answer = send("POST", "appointments", body)
        assert (status, made["type"], made["status"]) == (201, kind, "booked")
        row = Appointment.objects.get(type=kind)
        assert [change.status for change in row.changes.all()] == ["booked"]
    assert starts(cast.doctor, cast.bj, cast.at) == ["09:30", "10:30", "11:30"]
    assert Notice.objects.filter(user=cast.doctor, code="doctor_booking_new").count() == 3
    lines = TimelineLine.objects.filter(customer=customer, kind="appointment").order_by("pk")
    assert [line.values["type"]["names"]["en"] for line in lines] == [
        "First visit",
        "Re-visit",
        "Report interpretation",
    ]
    for row in Appointment.objects.order_by("pk"):
        for step in (AppointmentStatus.ARRIVED, AppointmentStatus.COMPLETED):
            row = actions.set_status(appointment=row, status=step, by=cast.manager, at=o_clock(12))
        assert row.status == "completed"
    assert send("POST", "appointments", {"customer": f"cus_{customer.pk}", "doctor": cast.doctor.job_number, "node": "BJ", "type": "tea", "start": o_clock(9, 30).isoformat()})[0] == 422  # fmt: skip
