"""What is kept for a request: the time wished for until the answer is due, the times offered until the offer runs out."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from kefu.appointments import actions
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import Channel, RequestState
from kefu.appointments.limits import OFFER_HOURS
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.queries.requests import Proposal, proposals
from kefu.appointments.tests.scene import FIRST, booked, o_clock, person, starts
from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.actions.deaths import record_death
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.kernel.errors import Invalid, Refused
from kefu.messaging.content import load as load_messages
from kefu.testing.cast import SHANGHAI, Cast, build_cast
from kefu.testing.races import at_once

MINUTE = timedelta(minutes=1)
STRANGER = Asker(None, "白示安", "male", "10000000077", "bai@example.com")


@pytest.fixture
def customer(cast: Cast) -> Customer:
    load_messages(by=cast.admin, at=cast.at)
    open_clinic(cast)
    return person(cast, "白示宁", "10000000012")


def ask(cast: Cast, who: Asker, start: datetime, **more: object) -> AppointmentRequest:
    given: dict[str, object] = {"channel": Channel.ONLINE, "by": cast.system, "at": cast.at} | more
    return actions.ask(who=who, wish=Wish(FIRST, cast.bj, cast.doctor, start), **given)  # type: ignore[arg-type]


def offer(cast: Cast, row: AppointmentRequest, *hours: tuple[int, int]) -> None:
    times = [Proposal(cast.doctor, o_clock(*hour)) for hour in hours]
    actions.offer(request=row, times=times, by=cast.service, at=cast.at)


def held() -> list[datetime]:
    rows = Appointment.with_holds.filter(status="held").order_by("during")
    return [one.start.astimezone(SHANGHAI) for one in rows]


@pytest.mark.req("APT-003")
def test_the_time_wished_for_is_kept_until_the_answer_is_due_and_then_free(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer), o_clock(9))
    (kept,) = Appointment.with_holds.filter(status="held")
    assert (kept.start, kept.customer, kept.expires_at) == (o_clock(9), customer, row.due_at)
    assert starts(cast.doctor, cast.bj, cast.at)[0] == "09:30"
    with pytest.raises(Refused) as refusal:
        booked(cast, person(cast), o_clock(9))
    assert refusal.value.code == "slot_taken"
    assert starts(cast.doctor, cast.bj, row.due_at)[0] == "09:00"
    assert booked(cast, person(cast, "白示和", "10000000013"), o_clock(9), at=row.due_at).status == "booked"


@pytest.mark.req("APT-003")
def test_who_answers_sees_the_kept_time_as_free_and_books_it(cast: Cast, customer: Customer) -> None:
    row = ask(cast, STRANGER, o_clock(9))
    assert [one.start for one in proposals(row, cast.at)] == [o_clock(9), o_clock(9, 30), o_clock(10)]
    made = actions.accept(
        request=row, doctor=cast.doctor, start=o_clock(9), read_back=True, by=cast.manager, at=cast.at
    )
    assert (made.start, made.customer.name, held()) == (o_clock(9), "白示安", [])


@pytest.mark.req("APT-013", part="alternatives")
def test_three_times_offered_are_kept_until_the_offer_runs_out_and_booking_one_frees_the_others(
    cast: Cast, customer: Customer
) -> None:
    row = ask(cast, Asker(customer), o_clock(9))
    offer(cast, row, (9, 30), (10, 0), (10, 30))
    assert held() == [o_clock(9, 30), o_clock(10), o_clock(10, 30)]
    assert set(Appointment.with_holds.filter(status="held").values_list("expires_at", flat=True)) == {
        datetime(2026, 11, 23, 14, 0, tzinfo=SHANGHAI)  # four working hours, lunch left out
    }
    assert OFFER_HOURS.on(cast.at) == 4
    free = starts(cast.doctor, cast.bj, cast.at)
    assert free[0] == "09:00" and not {"09:30", "10:00", "10:30"} & set(free)
    with pytest.raises(Refused):
        booked(cast, person(cast), o_clock(10))
    chosen = row.offers.get(start=o_clock(10))
    made = actions.choose(request=row, chosen=chosen, read_back=True, by=cast.system, at=cast.at + 30 * MINUTE)
    assert (made.start, held()) == (o_clock(10), [])
    assert {"09:30", "10:30"} <= set(starts(cast.doctor, cast.bj, cast.at))
    assert AuditEntry.objects.filter(code="appointments.hold.ended").count() == 4


@pytest.mark.req("APT-013", part="alternatives")
def test_offers_that_run_out_keep_nothing(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer), o_clock(9))
    offer(cast, row, (9, 0), (10, 0))
    run_pending(row.offers.latest("pk").until + MINUTE)
    row.refresh_from_db()
    assert (row.state, held()) == (RequestState.LAPSED, [])


def test_a_later_offer_replaces_what_was_kept_for_the_first(cast: Cast, customer: Customer) -> None:
    row = ask(cast, STRANGER, o_clock(9))
    offer(cast, row, (9, 0), (9, 30))
    actions.offer(request=row, times=[Proposal(cast.doctor, o_clock(9, 30))], by=cast.service, at=cast.at + MINUTE)
    assert held() == [o_clock(9, 30)]


def test_an_offer_that_is_refused_leaves_what_was_kept(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer), o_clock(9))
    booked(cast, person(cast), o_clock(10))
    with pytest.raises(Invalid):
        offer(cast, row, (9, 30), (10, 0))
    assert held() == [o_clock(9)] and not row.offers.exists()


@pytest.mark.parametrize("verb", ["declined", "withdrawn", "died"])
def test_a_request_that_ends_keeps_nothing(cast: Cast, customer: Customer, verb: str) -> None:
    row = ask(cast, Asker(customer), o_clock(9))
    assert held() == [o_clock(9)]
    if verb == "declined":
        actions.decline(request=row, reason="联系不上", by=cast.manager, at=cast.at)
    elif verb == "withdrawn":
        actions.withdraw(request=row, by=cast.system, at=cast.at)
    else:
        record_death(customer=customer, told_by="家人来电", died_on=cast.at.date(), by=cast.director, at=cast.at)
    assert held() == []


@pytest.mark.req("APT-003")
def test_nobody_blocks_a_day_with_requests(cast: Cast, customer: Customer) -> None:
    """On the public page a number keeps one time, at the desk as many as it may have requests."""
    for hour in (9, 10, 11):
        ask(cast, STRANGER, o_clock(hour))
    assert held() == [o_clock(9)]
    for minute in (0, 30):
        ask(cast, Asker(customer), o_clock(10, minute), by=cast.service, channel=Channel.PHONE)
    for minute in (0, 30):
        ask(cast, Asker(customer), o_clock(11, minute), by=cast.service, channel=Channel.PHONE)
    assert held() == [o_clock(9), o_clock(10), o_clock(10, 30), o_clock(11)]


def test_a_time_that_is_not_free_is_asked_for_all_the_same(cast: Cast, customer: Customer) -> None:
    booked(cast, person(cast), o_clock(9))
    row = ask(cast, Asker(customer), o_clock(9))
    assert (row.state, held()) == (RequestState.REQUESTED, [])


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_eight_people_ask_for_one_time_at_once_and_it_is_kept_for_one() -> None:
    cast = build_cast()
    open_clinic(cast)
    people = [person(cast, f"白示{n}", f"1000000{n:04d}") for n in range(8)]
    outcomes = at_once([partial(ask, cast, Asker(one), o_clock(9)) for one in people])
    assert [type(one) for one in outcomes] == [AppointmentRequest] * 8
    assert held() == [o_clock(9)]


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_offer_the_same_times_the_other_way_round_and_one_is_told() -> None:
    cast = build_cast()
    open_clinic(cast)
    rows = [ask(cast, Asker(person(cast, f"白示{n}", f"1000000{n:04d}")), o_clock(11)) for n in range(2)]
    ways = [((9, 0), (9, 30)), ((9, 30), (9, 0))]
    outcomes = at_once([partial(offer, cast, row, *way) for row, way in zip(rows, ways, strict=True)])
    assert sum(isinstance(one, Invalid | Refused) for one in outcomes) == 1
    assert [one for one in held() if one < o_clock(11)] == [o_clock(9), o_clock(9, 30)]


@pytest.mark.req("APT-004")
def test_who_asks_for_another_time_gets_the_doctor_too_with_whom_it_was_offered(cast: Cast, customer: Customer) -> None:
    visit = booked(cast, customer, o_clock(9))
    wish = Wish(FIRST, cast.bj, None, o_clock(10), about=visit)
    row = actions.ask(who=Asker(customer), wish=wish, channel=Channel.PHONE, by=cast.service, at=cast.at)
    (one,) = actions.offer(request=row, times=[Proposal(cast.doctor2, o_clock(11))], by=cast.service, at=cast.at)
    moved = actions.choose(request=row, chosen=one, read_back=True, by=cast.service, at=cast.at)
    assert (moved.pk, moved.doctor, moved.start) == (visit.pk, cast.doctor2, o_clock(11))
    assert (held(), starts(cast.doctor, cast.bj, cast.at)[0]) == ([], "09:00")


@pytest.mark.req("APT-013", part="alternatives")
def test_a_time_offered_twice_in_one_breath_is_one_offer(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer), o_clock(9))
    offer(cast, row, (10, 0), (10, 0), (11, 0), (11, 0))
    assert [one.start for one in row.offers.all()] == [o_clock(10), o_clock(11)]
    assert held() == [o_clock(10), o_clock(11)]
