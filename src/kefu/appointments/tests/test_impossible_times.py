"""Times nobody can be booked at: by a colleague's program, on the form and behind both, each refused in words and nothing written."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from kefu.appointments import actions
from kefu.appointments.models import Appointment, AppointmentChange
from kefu.appointments.tests.test_booking import NINE, TUESDAY, book, open_clinic
from kefu.customers.models import Customer
from kefu.foundation.worktime.models import ClosedDay
from kefu.kernel.errors import Refused
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]
WEEK = timedelta(days=7)
TOLD = {"type": "first_visit", "channel": "phone", "method": "personal_data", "read_back": "on"}
TAKEN = NINE
IMPOSSIBLE = {
    "across midnight": NINE.replace(hour=23, minute=45),
    "a week ago": NINE - WEEK,
    "this very minute": NINE - timedelta(days=1),
    "a closed day": NINE + WEEK,
    "a day without clinic": NINE + timedelta(days=1),
    "between two slots": NINE + timedelta(minutes=40),
    "the last minute": NINE.replace(hour=12),
    "beyond what may be booked": NINE + 60 * WEEK,
    "just taken": TAKEN,
}
FAR = [IMPOSSIBLE["beyond what may be booked"]]  # nothing near it can be offered


@pytest.fixture
def customer(cast: Cast) -> Customer:
    """Somebody who wants to come; the Tuesday's first slot is taken, the Tuesday after is closed."""
    open_clinic(cast)
    for row in cast.doctor.clinic_hours.all():
        row.pk, row.weekday = None, 0
        row.save(force_insert=True)  # Mondays too, so that this very minute would be a slot if it had not come
    ClosedDay.objects.create(node=cast.bj, day=TUESDAY + WEEK, name="停电检修")
    book(cast, customer_of(cast, "陶映川", "10000000002"), TAKEN)
    return customer_of(cast)


@pytest.fixture(params=IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def start(request: pytest.FixtureRequest) -> datetime:
    return request.param  # type: ignore[no-any-return]


def code_of(start: datetime) -> str:
    return "slot_taken" if start == TAKEN else "no_slot"


def nothing_written(customer: Customer) -> bool:
    return not Appointment.with_holds.filter(customer=customer).exists() and AppointmentChange.objects.count() == 1


def test_nothing_is_booked_then(cast: Cast, customer: Customer, start: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        book(cast, customer, start)
    assert refusal.value.code == code_of(start)
    assert nothing_written(customer)


def test_nothing_is_moved_or_kept_there(cast: Cast, customer: Customer, start: datetime) -> None:
    own = book(cast, customer, NINE + timedelta(hours=2))
    with pytest.raises(Refused) as refusal:
        actions.move(appointment=own, start=start, by=cast.manager, at=cast.at)
    assert refusal.value.code == code_of(start)
    with pytest.raises(Refused) as refusal:
        actions.hold_slot(doctor=cast.doctor, node=cast.bj, start=start, customer=None, holder="x", by=cast.manager, at=cast.at)  # fmt: skip
    assert refusal.value.code == code_of(start)
    assert (Appointment.with_holds.count(), Appointment.objects.get(pk=own.pk).start) == (2, own.start)


def test_a_program_is_refused_with_other_times(
    cast: Cast, customer: Customer, start: datetime, program: Callable[..., object]
) -> None:
    Customer.objects.update(sex="female")
    send = program(cast.manager)
    wanted = {"doctor": "2002", "node": "BJ", "type": "first_visit", "start": start.isoformat()}
    status, answer, _ = send("POST", "appointments", {"customer": f"cus_{customer.pk}"} | wanted)  # type: ignore[operator]
    assert (status, answer["code"]) == (409, code_of(start))
    assert len(answer["alternatives"]) == 3 or start in FAR
    assert nothing_written(customer)


def test_the_form_refuses_in_words_and_stays(cast: Cast, login: Login, customer: Customer, start: datetime) -> None:
    address = f"/customers/{customer.pk}/appointments/new/?node={cast.bj.pk}&doctor={cast.doctor.pk}&start={quote(start.isoformat())}"
    answer = login(cast.manager).post(address, TOLD)
    assert answer.status_code == 409
    assert "kf-errors" in answer.content.decode()
    assert nothing_written(customer)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-24", "2026-11-24T09:00:00", "25:00", "next week", 17])  # fmt: skip
def test_what_is_no_moment_books_nothing(
    cast: Cast, login: Login, customer: Customer, program: Callable[..., object], text: object
) -> None:
    """A moment without an offset could be two moments where clocks go back, so that a program has to say which."""
    body = {"customer": f"cus_{customer.pk}", "doctor": "2002", "node": "BJ", "type": "first_visit", "start": text}
    status, answer, _ = program(cast.manager)("POST", "appointments", body)  # type: ignore[operator, misc]
    assert (status, answer["errors"][0]["field"]) == (422, "start")
    answer = login(cast.manager).get(
        f"/customers/{customer.pk}/appointments/new/", {"doctor": cast.doctor.pk, "node": cast.bj.pk, "start": text}
    )
    assert answer.status_code == 200
    assert nothing_written(customer)


def test_a_moment_told_in_the_clock_of_another_zone_is_the_same_moment(
    cast: Cast, customer: Customer, program: Callable[..., object]
) -> None:
    """Nine in Shanghai is two in Berlin in November; with the offset of the summer it would be an hour earlier, where nobody receives."""
    Customer.objects.update(sex="female")
    send = program(cast.manager)
    body = {"customer": f"cus_{customer.pk}", "doctor": "2002", "node": "BJ", "type": "first_visit"}
    status, answer, _ = send("POST", "appointments", body | {"start": "2026-11-24T02:30:00+02:00"})  # type: ignore[operator]
    assert (status, answer["code"]) == (409, "no_slot")
    status, answer, _ = send("POST", "appointments", body | {"start": "2026-11-24T02:30:00+01:00"})  # type: ignore[operator]
    assert (status, answer["start"]) == (201, "2026-11-24T09:30:00+08:00")
