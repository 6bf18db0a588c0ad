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
    nine, half_past = (
        f"?node={cast.bj.pk}&doctor={cast.doctor.pk}&start=2026-11-24T09%3A{minute}%3A00%2B08%3A00"
        for minute in ("00", "30")
    )
    address = f"/customers/{customer.pk}/appointments/new/"
    page = manager.get(address).content.decode()
    assert "11月24日 周二 09:00" in page  # the own doctor's next free slot is chosen already
    told = {"type": "first_visit", "channel": "phone", "method": "personal_data", "read_back": "on"}
    answer = manager.post(f"{address}{nine}", told)
    booked = Appointment.objects.get()
    assert answer.url == f"/appointments/{booked.pk}/"
    assert "沈知夏" in manager.get("/appointments/?day=2026-11-24").content.decode()
    assert f"/appointments/{booked.pk}/time/" in manager.get(f"/appointments/{booked.pk}/").content.decode()
    assert "11月24日 周二 09:30" in manager.get(f"/appointments/{booked.pk}/time/{half_past}").content.decode()
    manager.post(f"/appointments/{booked.pk}/time/{half_past}", {"read_back": "on"})
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
    eleven = f"?node={cast.bj.pk}&doctor={cast.doctor.pk}&start=2026-11-24T11%3A00%3A00%2B08%3A00"
    director.post(f"{page}time/{eleven}", {"override": "1", "reason": "客户住院", "read_back": "on"})
    booked.refresh_from_db()
    assert booked.start == o_clock(11)
    seen.post(f"{page}cancellation/", {"code": "time"})
    booked.refresh_from_db()
    assert booked.status == "cancelled"
