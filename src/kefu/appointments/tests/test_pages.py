"""Booking on screen."""

from collections.abc import Callable

from django.test import Client

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentType
from kefu.appointments.models import Appointment
from kefu.appointments.tests.scene import o_clock
from kefu.appointments.tests.test_booking import open_clinic
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]


def test_a_booking_is_made_moved_and_cancelled_on_screen(cast: Cast, login: Login) -> None:
    open_clinic(cast)
    customer = customer_of(cast)
    manager = login(cast.manager)
    address = f"/customers/{customer.pk}/appointments/new/?doctor={cast.doctor.pk}&node={cast.bj.pk}&day=2026-11-24"
    page = manager.get(address).content.decode()
    assert 'value="2026-11-24T09:00:00+0800"' in page
    answer = manager.post(address, {"start": "2026-11-24T09:00:00+0800", "type": "first_visit", "channel": "phone"})
    booked = Appointment.objects.get()
    assert answer.url == f"/appointments/{booked.pk}/"
    assert "沈知夏" in manager.get("/appointments/?day=2026-11-24").content.decode()
    detail = manager.get(f"/appointments/{booked.pk}/").content.decode()
    assert "2026-11-24T09:30:00+08:00" in detail
    manager.post(f"/appointments/{booked.pk}/time/", {"start": "2026-11-24T09:30:00+08:00"})
    booked.refresh_from_db()
    assert f"{booked.start:%H:%M}" == "01:30"  # in UTC
    manager.post(f"/appointments/{booked.pk}/cancellation/", {"reason": "客户出差"})
    booked.refresh_from_db()
    assert booked.status == "cancelled"


def test_a_booking_changed_too_often_is_still_cancelled_by_anybody_and_moved_by_the_director(
    cast: Cast, login: Login
) -> None:
    open_clinic(cast)
    booked = actions.book(customer=customer_of(cast), doctor=cast.doctor, node=cast.bj, type=AppointmentType.FIRST_VISIT,
                          start=o_clock(9), by=cast.manager, at=cast.at)  # fmt: skip
    for hour in (10, 9, 10):
        actions.move(appointment=booked, start=o_clock(hour), by=cast.manager, at=cast.at)
    page, seen = f"/appointments/{booked.pk}/", login(cast.manager)
    shown = seen.get(page).content.decode()
    assert "改过的次数已到上限" in shown and f"{page}time/" not in shown and f"{page}cancellation/" in shown
    director = login(cast.director)
    assert f"{page}time/" in director.get(page).content.decode()
    director.post(f"{page}time/", {"start": o_clock(11).isoformat(), "override": "1", "reason": "客户住院"})
    booked.refresh_from_db()
    assert booked.start == o_clock(11)
    seen.post(f"{page}cancellation/", {"code": "time"})
    booked.refresh_from_db()
    assert booked.status == "cancelled"
