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


def test_the_director_keeps_the_clinic_schedule(cast: Cast, login: Login) -> None:
    open_clinic(cast)
    director = login(cast.director)
    assert "出诊时间" in director.get("/appointments/schedule/").content.decode()
    hours = {
        "doctor": cast.doctor.pk,
        "node": cast.bj.pk,
        "weekday": "3",
        "opens": "09:00",
        "closes": "11:00",
        "slot_minutes": "30",
        "valid_from": "2026-11-23",
    }
    assert director.post("/appointments/schedule/", hours).status_code == 302
    assert "和这位医生已有的出诊时间重叠" in director.post("/appointments/schedule/", hours).content.decode()
    assert login(cast.manager).get("/appointments/schedule/").status_code == 403
