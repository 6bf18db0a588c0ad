"""What the waitlist refuses: twice for the same, days nobody can give, colleagues without the right, answers that come too late."""

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from kefu.appointments import actions
from kefu.appointments.limits import WAITLIST_ENTRIES
from kefu.appointments.models import Appointment, OfferedPlace, WaitlistEntry
from kefu.appointments.tests.scene import FIRST, TUESDAY, o_clock, person
from kefu.appointments.tests.waiting import MINUTE, cancel, entry_of, full_day, offered, three_in_line, wait
from kefu.customers.models import Customer
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.testing.cast import Cast
from kefu.testing.scenes import scene


@scene
def full(cast: Cast) -> list[Appointment]:
    return full_day(cast)


@pytest.fixture
def three(cast: Cast, full: list[Appointment]) -> list[Customer]:
    return three_in_line(cast)


def test_a_customer_waits_once_for_the_same_and_for_few_things(cast: Cast, full: list[Appointment]) -> None:
    customer = person(cast)
    row = wait(cast, customer)
    for doctor, code in ((cast.doctor, "already_waiting"), (None, ""), (None, "already_waiting")):
        if not code:
            wait(cast, customer, doctor=doctor)
            continue
        with pytest.raises(Refused) as refusal:
            wait(cast, customer, doctor=doctor)
        assert refusal.value.code == code
    for doctor in (cast.doctor, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            WaitlistEntry.objects.create(
                customer=customer, type_id=FIRST, node=cast.bj, doctor=doctor, first=TUESDAY, last=TUESDAY, channel="phone", since=cast.at, by=cast.manager,
            )  # fmt: skip
    wait(cast, customer, type="revisit")
    with pytest.raises(Refused) as refusal:
        wait(cast, customer, type="interpretation")
    assert (refusal.value.code, WAITLIST_ENTRIES.on(cast.at)) == ("too_many_waiting", 3)
    actions.leave_waitlist(entry=row, reason="改去别家", by=cast.service, at=cast.at)
    assert entry_of(customer).waits and wait(cast, customer).waits


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"last": date(2026, 11, 22)}, {"first", "last"}),
        ({"last": date(2027, 3, 1)}, {"last"}),
        ({"first": date(2026, 11, 26)}, {"last"}),
        ({"parts": ["midnight"]}, {"parts"}),
        ({"note": "字" * 201}, {"note"}),
        ({"type": "tea"}, {"type"}),
        ({"at": o_clock(9, 30), "hour": time(9)}, {"last"}),
    ],
)
def test_what_nobody_can_wait_for_is_refused_and_nothing_written(
    cast: Cast, full: list[Appointment], given: dict[str, object], wrong: set[str]
) -> None:
    customer = person(cast)
    with pytest.raises(Invalid) as refusal:
        wait(cast, customer, **given)
    assert {one.field for one in refusal.value.errors} <= wrong
    with pytest.raises(Invalid) as refusal:
        wait(cast, customer, doctor=cast.sh_doctor)
    assert [one.code for one in refusal.value.errors] == ["elsewhere"]
    assert not WaitlistEntry.objects.exists()


@pytest.mark.req("APT-017")
def test_doctor_manager_and_service_put_customers_on_the_list_and_others_do_not(
    cast: Cast, full: list[Appointment]
) -> None:
    for turn, by in enumerate((cast.doctor, cast.manager, cast.service, cast.system)):
        assert wait(cast, person(cast, f"白示{turn}", f"1000000004{turn}"), by=by).waits
    other = person(cast, "白示外", "10000000049")
    for by in (cast.keeper, cast.product_manager):
        with pytest.raises(Forbidden):
            wait(cast, other, by=by)
    row = entry_of(other) if WaitlistEntry.objects.filter(customer=other).exists() else None
    assert row is None


def test_bad_answers_are_refused_and_change_nothing(cast: Cast, full: list[Appointment], three: list[Customer]) -> None:
    at = cast.at + 5 * MINUTE
    cancel(cast, full[0], at)
    place = OfferedPlace.objects.get()
    with pytest.raises(Invalid):
        actions.take_place(place=place, read_back=False, by=cast.manager, at=at)
    with pytest.raises(Forbidden):
        actions.take_place(place=place, read_back=True, by=cast.keeper, at=at)
    assert offered() == [("白示安", "09:00", "open")] and not Appointment.objects.filter(customer=three[0]).exists()
    for verb in (lambda: actions.take_place(place=place, read_back=True, by=cast.manager, at=place.until), lambda: actions.decline_place(place=place, by=cast.manager, at=place.until)):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            verb()
        assert refusal.value.code == "offer_over"
    with pytest.raises(Invalid):
        actions.leave_waitlist(entry=entry_of(three[1]), reason="字" * 201, by=cast.manager, at=at)
    actions.leave_waitlist(entry=entry_of(three[1]), by=cast.manager, at=at)
    with pytest.raises(Refused) as refusal:
        actions.leave_waitlist(entry=entry_of(three[1]), by=cast.manager, at=at)
    assert refusal.value.code == "settled"
