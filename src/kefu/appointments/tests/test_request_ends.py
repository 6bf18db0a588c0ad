"""What a request leaves behind when it ends: no message that is not true any more, no time held, nothing anybody still has to do."""

from datetime import datetime, timedelta

import pytest

from kefu.appointments import actions
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import AppointmentStatus, AppointmentType, Channel, RequestState
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.queries import free_slots
from kefu.appointments.queries.requests import Proposal
from kefu.appointments.tests.test_booking import NINE, TUESDAY, book, open_clinic
from kefu.customers.actions.closing import close_customer
from kefu.customers.models import Customer
from kefu.foundation.outbox.models import OutboxMessage
from kefu.kernel.errors import Invalid
from kefu.messaging.content import load as load_messages
from kefu.testing.cast import SHANGHAI, Cast
from kefu.testing.stories import customer_of

FIRST = AppointmentType.FIRST_VISIT
NIGHT = datetime(2026, 11, 23, 21, 30, tzinfo=SHANGHAI)
HALF = timedelta(minutes=30)
STRANGER = Asker(None, "白示安", "male", "10000000077", "")


@pytest.fixture
def customer(cast: Cast) -> Customer:
    load_messages(by=cast.admin, at=cast.at)
    open_clinic(cast)
    return customer_of(cast)


def ask(cast: Cast, who: Asker, at: datetime, about: Appointment | None = None) -> AppointmentRequest:
    wish = Wish(FIRST, cast.bj, cast.doctor, NINE + HALF, "", about)
    return actions.ask(who=who, wish=wish, channel=Channel.ONLINE, by=cast.system, at=at)


def waiting() -> list[str]:
    rows = OutboxMessage.objects.filter(state__in=("pending", "held")).order_by("pk")
    return [row.payload["body"] for row in rows if "body" in row.payload]


@pytest.mark.parametrize("who", ["customer", "stranger"])
def test_what_was_offered_in_the_night_is_not_told_in_the_morning_once_it_is_booked(
    cast: Cast, customer: Customer, who: str
) -> None:
    row = ask(cast, Asker(customer) if who == "customer" else STRANGER, NIGHT)
    times = [Proposal(cast.doctor, NINE + n * HALF) for n in (2, 3)]
    offers = actions.offer(request=row, times=times, by=cast.service, at=NIGHT)
    (told,) = waiting()
    assert "24日10:00、11月24日10:30" in told, "what was said before is taken back"
    assert OutboxMessage.objects.get(state="pending").expires_at == offers[0].until
    actions.accept(request=row, doctor=cast.doctor, start=times[0].start, read_back=True, by=cast.service, at=NIGHT + HALF)  # fmt: skip
    assert [words for words in waiting() if "11月24日10:30" in words] == []
    assert OutboxMessage.objects.filter(state="cancelled").count() == 2


def test_who_takes_a_request_back_hears_of_it_no_more(cast: Cast, customer: Customer) -> None:
    row = ask(cast, STRANGER, NIGHT)
    assert len(waiting()) == 1
    actions.withdraw(request=row, by=cast.service, at=NIGHT + HALF)
    assert waiting() == []


def test_who_is_closed_comes_no_more(cast: Cast, customer: Customer) -> None:
    made = book(cast, customer)
    row = ask(cast, Asker(customer), cast.at)
    close_customer(customer=customer, reason="搬走了", by=cast.manager, at=cast.at)
    made.refresh_from_db()
    row.refresh_from_db()
    assert (made.status, row.state) == (AppointmentStatus.CANCELLED, RequestState.WITHDRAWN)
    assert len(free_slots(cast.doctor, cast.bj, TUESDAY, cast.at)) == 6


@pytest.mark.req("APT-014")
def test_a_request_of_somebody_whose_sex_nobody_knows_waits_for_it(cast: Cast, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(sex="")
    row = ask(cast, Asker(customer), cast.at)
    for answer in (
        lambda: actions.offer(request=row, times=[Proposal(cast.doctor, NINE)], by=cast.service, at=cast.at),
        lambda: actions.accept(request=row, doctor=cast.doctor, start=NINE, read_back=True, by=cast.service, at=cast.at),
    ):  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            answer()
        assert [error.field for error in wrong.value.errors] == ["sex"]
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/appointments/week/?doctor={}",
        "/appointments/schedule/?node={}",
        "/appointments/requests/new/?customer={}",
        "/appointments/desk/?node={}",
        "/calendars/?year={}",
    ],
)
def test_a_number_no_machine_can_hold_is_no_fault(cast: Cast, customer: Customer, login, address: str) -> None:
    user = cast.admin if "calendars" in address else cast.manager
    assert login(user).get(address.format("9" * 5000)).status_code in (200, 404)


@pytest.mark.parametrize("end", ["cancelled", "arrived"])
def test_a_visit_that_is_over_is_not_asked_to_be_moved_any_more(cast: Cast, customer: Customer, end: str) -> None:
    visit = book(cast, customer)
    row = ask(cast, Asker(customer), cast.at, visit)
    assert Appointment.with_holds.get(status="held").start == NINE + HALF
    if end == "cancelled":
        actions.cancel(appointment=visit, reason="不来了", by=cast.service, at=cast.at)
    else:
        actions.set_status(appointment=visit, status=AppointmentStatus.ARRIVED, by=cast.service, at=NINE)
    row.refresh_from_db()
    assert (row.state, row.waits) == (RequestState.WITHDRAWN, False)
    assert [step.state for step in row.steps.all()] == ["requested", "withdrawn"]
    assert not Appointment.with_holds.filter(status="held").exists()
    assert not any("申请" in words for words in waiting())
