"""Booking on screen."""

from collections.abc import Callable

from django.test import Client

from kefu.appointments.models import Appointment
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
