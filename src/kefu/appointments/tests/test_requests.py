"""Requests with a clock: who hears of them, how they become bookings, and what is told to the customer."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from kefu.appointments import actions
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import AppointmentStatus, AppointmentType, Channel, RequestState
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.queries.requests import Proposal, offers_of, proposals, requests_waiting
from kefu.appointments.slots import asked
from kefu.appointments.tests.test_booking import NINE, open_clinic
from kefu.customers.actions.deaths import record_death
from kefu.customers.models import Customer, TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices.models import Notice
from kefu.foundation.outbox.models import OutboxMessage
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.messaging.actions.numbers import forget_numbers
from kefu.messaging.content import load as load_messages
from kefu.messaging.models import Message
from kefu.testing.cast import SHANGHAI, Cast, build_cast
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of

FIRST = AppointmentType.FIRST_VISIT
STRANGER = Asker(None, "白示安", "male", "10000000077", "bai@example.com")


@pytest.fixture
def customer(cast: Cast) -> Customer:
    load_messages(by=cast.admin, at=cast.at)
    open_clinic(cast)
    return customer_of(cast)


def ask(cast: Cast, who: Asker, start: datetime | None = NINE, **more: object) -> AppointmentRequest:
    given: dict[str, object] = {"channel": Channel.ONLINE, "by": cast.system, "at": cast.at} | more
    return actions.ask(who=who, wish=Wish(FIRST, cast.bj, cast.doctor, start, "想早一点"), **given)


def texts(customer: Customer) -> list[str]:
    return list(Message.objects.filter(customer=customer).order_by("pk").values_list("template__code", flat=True))


def told(code: str) -> set[str]:
    return set(Notice.objects.filter(code=code).values_list("user__username", flat=True))


@pytest.mark.req("APT-012")
def test_an_online_request_alerts_service_and_managers_and_is_due_after_two_working_hours(
    cast: Cast, customer: Customer
) -> None:
    row = ask(cast, Asker(customer))
    assert row.due_at == cast.at + timedelta(hours=2)
    assert told("manager_request_alert") == {"service", "manager", "manager2"}
    notice = Notice.objects.get(code="manager_request_alert", user=cast.manager)
    assert (notice.text, notice.link) == (
        "有新的网上预约申请，请在11-23 11:00前答复客户。",
        f"/appointments/requests/{row.pk}/",
    )
    assert texts(customer) == ["appt_request_received"]
    assert "2小时内给您答复" in Message.objects.get().body
    assert [one.pk for one in requests_waiting(cast.service, cast.at)] == [row.pk]
    (item,) = asked(cast.manager, cast.at)
    assert (item.due_at, item.started_at, item.customer_name) == (row.due_at, cast.at, "沈知夏")
    assert not row.late(row.due_at) and row.late(row.due_at + timedelta(seconds=1))


@pytest.mark.req("APT-012")
def test_nights_and_weekends_do_not_count_towards_the_two_hours(cast: Cast, customer: Customer) -> None:
    friday = datetime(2026, 11, 27, 17, 0, tzinfo=SHANGHAI)
    row = ask(cast, Asker(customer), datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI), at=friday)
    assert row.due_at == datetime(2026, 11, 30, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.req("APT-012")
def test_nobody_answered_so_the_request_is_flagged_and_those_above_hear_of_it_once(
    cast: Cast, customer: Customer
) -> None:
    row = ask(cast, Asker(customer))
    run_pending(row.due_at - timedelta(minutes=1))
    assert told("request_late") == set()
    run_pending(row.due_at + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.breached_at == row.due_at + timedelta(minutes=1)
    assert told("request_late") == {"service", "manager", "manager2", "supervisor", "director"}
    actions.sweeping.flag_late(request_id=row.pk, by=cast.system, at=row.due_at + timedelta(hours=1))
    assert Notice.objects.filter(code="request_late", user=cast.director).count() == 1
    late = row.due_at + timedelta(hours=1)
    actions.decline(request=row, reason="联系不上", by=cast.manager, at=late)
    row.refresh_from_db()
    assert row.late(late) and row.answered_at == late


@pytest.mark.req("APT-012")
def test_an_answer_in_time_is_no_breach(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer))
    at = cast.at + timedelta(minutes=50)
    booked = actions.accept(request=row, doctor=cast.doctor, start=NINE, read_back=True, by=cast.manager, at=at)
    run_pending(row.due_at + timedelta(minutes=1))
    row.refresh_from_db()
    assert (row.state, row.appointment, row.breached_at, row.late(row.due_at + timedelta(days=9))) == (RequestState.BOOKED, booked, None, False)  # fmt: skip
    assert (booked.channel, booked.start, booked.booked_by) == (Channel.ONLINE, NINE, cast.manager)
    assert told("request_late") == set()


@pytest.mark.req("APT-017")
def test_doctor_manager_and_service_confirm_and_nobody_else(cast: Cast, customer: Customer) -> None:
    for colleague in (cast.keeper, cast.consulting):
        with pytest.raises(Forbidden):
            actions.accept(request=ask(cast, Asker(customer)), doctor=cast.doctor, start=NINE, read_back=True, by=colleague, at=cast.at)  # fmt: skip
    for place, colleague in enumerate((cast.doctor, cast.manager, cast.service)):
        start = NINE + timedelta(hours=place)
        row = ask(cast, Asker(customer), start)
        made = actions.accept(request=row, doctor=cast.doctor, start=start, read_back=True, by=colleague, at=cast.at)
        assert (made.start, made.booked_by) == (start, colleague)


@pytest.mark.req("APT-001")
@pytest.mark.parametrize("channel", list(Channel))
def test_a_request_by_any_channel_is_entered_and_keeps_it_on_the_booking(
    cast: Cast, customer: Customer, channel: Channel
) -> None:
    row = ask(cast, Asker(customer), channel=channel, by=cast.service)
    booked = actions.accept(request=row, doctor=cast.doctor, start=NINE, read_back=True, by=cast.service, at=cast.at)
    assert (row.channel, booked.channel) == (channel, channel)
    assert Appointment.objects.visible_to(cast.doctor).get().channel == channel
    assert Appointment.objects.visible_to(cast.manager2).get().channel == channel


@pytest.mark.req("APT-013", part="read back")
def test_item_and_time_are_read_back_before_anything_is_saved(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer))
    with pytest.raises(Invalid) as wrong:
        actions.accept(request=row, doctor=cast.doctor, start=NINE, read_back=False, by=cast.manager, at=cast.at)
    assert [(one.field, one.code) for one in wrong.value.errors] == [("read_back", "required")]
    assert not Appointment.objects.exists()
    actions.accept(request=row, doctor=cast.doctor, start=NINE, read_back=True, by=cast.manager, at=cast.at)
    assert list(row.steps.values_list("state", "read_back", "by__username")) == [
        ("requested", False, "system"),
        ("booked", True, "manager"),
    ]
    entry = AuditEntry.objects.get(code="appointments.request.booked")
    assert entry.changes["read_back"] == [False, True]


@pytest.mark.req("APT-004")
@pytest.mark.req("APT-013", part="alternatives")
def test_an_impossible_time_is_answered_with_three_others_of_which_the_customer_takes_one(
    cast: Cast, customer: Customer
) -> None:
    other = customer_of(cast, "陶映川", "10000000002")
    actions.book(customer=other, doctor=cast.doctor, node=cast.bj, type=FIRST, start=NINE, by=cast.manager, at=cast.at)
    row = ask(cast, Asker(customer))
    times = proposals(row, cast.at)
    assert [f"{one.start.astimezone(SHANGHAI):%H:%M}" for one in times] == ["09:30", "10:00", "10:30"]
    offers = actions.offer(request=row, times=times, by=cast.service, at=cast.at)
    assert texts(customer)[-1] == "appt_alternatives"
    assert "11月24日09:30、11月24日10:00、11月24日10:30" in Message.objects.latest("pk").body
    row.refresh_from_db()
    assert row.state == RequestState.OFFERED and row.answered_at == cast.at
    booked = actions.choose(
        request=row, chosen=offers[1], read_back=True, by=cast.system, at=cast.at + timedelta(hours=1)
    )
    assert (booked.start, booked.customer) == (NINE + timedelta(hours=1), customer)
    assert list(row.steps.values_list("state", flat=True)) == ["requested", "offered", "booked"]


@pytest.mark.req("APT-013", part="alternatives")
def test_offers_run_out_and_the_customer_hears_it(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer))
    first, second, third = proposals(row, cast.at)
    offers = actions.offer(request=row, times=[first, second], by=cast.service, at=cast.at)
    others = proposals(row, cast.at, beside=[first, second])
    assert len(others) == 3 and others[0] == third and not {first, second} & set(others)
    assert "其他时间请来电" in Message.objects.latest("pk").body
    until = offers[0].until
    assert until == datetime(2026, 11, 23, 14, 0, tzinfo=SHANGHAI)  # four working hours, lunch left out
    run_pending(until + timedelta(minutes=1))
    row.refresh_from_db()
    assert row.state == RequestState.LAPSED
    assert texts(customer)[-1] == "appt_alternative_expired"
    assert offers_of(row, until + timedelta(minutes=1)) == []
    with pytest.raises(Refused) as refusal:
        actions.choose(request=row, chosen=offers[0], read_back=True, by=cast.system, at=until + timedelta(minutes=2))
    assert refusal.value.code == "offer_over"


def test_only_free_times_are_offered_and_at_most_three(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer))
    four = [Proposal(cast.doctor, NINE + timedelta(minutes=30 * n)) for n in range(4)]
    for times, code in (
        ([], "count"),
        (four, "count"),
        ([Proposal(cast.doctor, NINE + timedelta(minutes=7))], "not_free"),
    ):
        with pytest.raises(Invalid) as wrong:
            actions.offer(request=row, times=times, by=cast.service, at=cast.at)
        assert wrong.value.errors[0].code == code
    assert AppointmentRequest.objects.get().state == RequestState.REQUESTED


@pytest.mark.req("CUS-010", part="online registration")
def test_somebody_new_becomes_a_lead_when_the_request_is_booked(cast: Cast, customer: Customer) -> None:
    row = ask(cast, STRANGER)
    assert row.customer is None
    message = OutboxMessage.objects.get(subject_kind="appointments.request")
    assert message.payload["to"] == "10000000077" and "白先生您好，预约申请已收到" in message.payload["body"]
    booked = actions.accept(request=row, doctor=cast.doctor, start=NINE, read_back=True, by=cast.manager, at=cast.at)
    lead = booked.customer
    assert (lead.name, lead.sex, lead.stage, lead.capture, lead.node) == ("白示安", "male", "lead", "online", cast.bj)
    assert set(lead.contacts.values_list("kind", "value")) == {("phone", "10000000077"), ("email", "bai@example.com")}
    row.refresh_from_db()
    assert row.customer == lead
    assert TimelineLine.objects.filter(customer=lead).count() >= 2


def test_a_number_that_somebody_owns_makes_it_that_customers_request(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(None, "沈小夏", "female", "1000 000 0001"))
    assert (row.customer, row.called, row.name, row.phone) == (customer, "沈知夏", "沈小夏", "10000000001")


def test_somebody_new_needs_name_sex_and_number(cast: Cast, customer: Customer) -> None:
    with pytest.raises(Invalid) as wrong:
        ask(cast, Asker(None, " ", "", "123", "bai@"))
    assert [one.field for one in wrong.value.errors] == ["phone", "name", "sex", "email"]
    assert not AppointmentRequest.objects.exists()


def test_two_requests_for_one_slot_one_booking(cast: Cast, customer: Customer) -> None:
    first, second = ask(cast, Asker(customer), start=None), ask(cast, STRANGER)
    actions.accept(request=second, doctor=cast.doctor, start=NINE, read_back=True, by=cast.manager, at=cast.at)
    with pytest.raises(Refused) as refusal:
        actions.accept(request=first, doctor=cast.doctor, start=NINE, read_back=True, by=cast.manager, at=cast.at)
    assert refusal.value.code == "slot_taken" and len(refusal.value.details["alternatives"]) == 3
    first.refresh_from_db()
    assert first.state == RequestState.REQUESTED
    assert Appointment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_answer_the_same_request_at_once() -> None:
    cast = build_cast()
    open_clinic(cast)
    row = ask(cast, STRANGER)

    def answer(n: int) -> object:
        mine, start = AppointmentRequest.objects.get(pk=row.pk), NINE + timedelta(minutes=30 * n)
        return actions.accept(
            request=mine, doctor=cast.doctor, start=start, read_back=True, by=cast.manager, at=cast.at
        )

    outcomes = at_once([partial(answer, n) for n in range(2)])
    assert Appointment.objects.count() == 1
    assert Customer.objects.filter(name="白示安").count() == 1
    assert [one.code for one in outcomes if isinstance(one, Refused)] == ["answered"]


def test_a_request_to_move_moves_the_visit(cast: Cast, customer: Customer) -> None:
    visit = actions.book(
        customer=customer, doctor=cast.doctor, node=cast.bj, type=FIRST, start=NINE, by=cast.manager, at=cast.at
    )
    later = NINE + timedelta(hours=2)
    wish = Wish(FIRST, cast.bj, cast.doctor, later, "那天有事", visit)
    row = actions.ask(who=Asker(customer), wish=wish, channel=Channel.ONLINE, by=cast.system, at=cast.at)
    with pytest.raises(Refused) as refusal:
        actions.ask(who=Asker(customer), wish=wish, channel=Channel.ONLINE, by=cast.system, at=cast.at)
    assert refusal.value.code == "already_asked"
    moved = actions.accept(request=row, doctor=cast.doctor, start=later, read_back=True, by=cast.manager, at=cast.at)
    visit.refresh_from_db()
    assert (moved.pk, visit.start, visit.status) == (visit.pk, later, AppointmentStatus.BOOKED)


def test_nobody_asks_for_another_time_of_somebody_elses_visit(cast: Cast, customer: Customer) -> None:
    other = customer_of(cast, "陶映川", "10000000002")
    visit = actions.book(
        customer=other, doctor=cast.doctor, node=cast.bj, type=FIRST, start=NINE, by=cast.manager, at=cast.at
    )
    wish = Wish(FIRST, cast.bj, cast.doctor, NINE + timedelta(hours=1), "", visit)
    with pytest.raises(Refused) as refusal:
        actions.ask(who=Asker(customer), wish=wish, channel=Channel.ONLINE, by=cast.system, at=cast.at)
    assert refusal.value.code == "status"


def test_on_the_public_page_three_requests_may_wait(cast: Cast, customer: Customer) -> None:
    for n in range(3):
        ask(cast, STRANGER, NINE + timedelta(minutes=30 * n))
    with pytest.raises(Refused) as refusal:
        ask(cast, STRANGER)
    assert refusal.value.code == "too_many_requests"
    ask(cast, Asker(customer))
    ask(cast, STRANGER, by=cast.service)  # a colleague may enter what was said on the telephone


def test_an_answered_request_is_not_answered_again(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer))
    with pytest.raises(Invalid):
        actions.decline(request=row, reason=" ", by=cast.manager, at=cast.at)
    actions.withdraw(request=row, by=cast.system, at=cast.at)
    for again in (actions.decline, actions.withdraw):
        with pytest.raises(Refused) as refusal:
            again(request=row, reason="再来", by=cast.manager, at=cast.at)
        assert refusal.value.code == "answered"


def test_only_those_who_book_at_the_centre_answer(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer))
    with pytest.raises(Forbidden):
        actions.decline(request=row, reason="试试", by=cast.keeper, at=cast.at)
    with pytest.raises(OutOfScope):
        actions.decline(request=row, reason="试试", by=cast.sh_manager, at=cast.at)
    with pytest.raises(Forbidden):
        ask(cast, Asker(customer), by=cast.admin)
    assert requests_waiting(cast.sh_manager, cast.at) == []
    assert [one.pk for one in requests_waiting(cast.doctor, cast.at)] == [row.pk]
    assert requests_waiting(cast.doctor2, cast.at) == []


def test_who_died_asks_for_nothing_any_more(cast: Cast, customer: Customer) -> None:
    row = ask(cast, Asker(customer))
    record_death(customer=customer, told_by="家人来电", died_on=cast.at.date(), by=cast.director, at=cast.at)
    row.refresh_from_db()
    assert row.state == RequestState.WITHDRAWN
    with pytest.raises(Refused):
        ask(cast, Asker(customer))


def test_strangers_of_whom_nothing_came_are_forgotten(cast: Cast, customer: Customer) -> None:
    row, waiting = ask(cast, STRANGER), ask(cast, STRANGER)
    actions.decline(request=row, reason="约不上", by=cast.manager, at=cast.at)
    assert actions.sweeping.forget_strangers(by=cast.system, at=cast.at + timedelta(days=90)) == 0
    assert actions.sweeping.forget_strangers(by=cast.system, at=cast.at + timedelta(days=91)) == 1
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.name, row.sex, row.phone, row.email, row.wish) == ("", "", "", "", "")
    assert (waiting.phone, [step.reason for step in row.steps.all()]) == ("10000000077", ["", ""])


def test_what_was_sent_to_strangers_is_forgotten_with_them(cast: Cast, customer: Customer) -> None:
    booked, other = ask(cast, STRANGER), ask(cast, replace(STRANGER, phone="10000000078"), start=None)
    doctor_and_time = {"doctor": cast.doctor, "start": NINE, "read_back": True}
    actions.accept(request=booked, **doctor_and_time, by=cast.manager, at=cast.at)
    hers, his = (
        OutboxMessage.objects.get(subject_kind="appointments.request", subject_id=one.pk) for one in (booked, other)
    )
    booked.refresh_from_db()
    assert (hers.customer_id, his.customer_id) == (booked.customer_id, None)
    assert forget_numbers(by=cast.system, at=cast.at + timedelta(days=90)) == 0
    assert forget_numbers(by=cast.system, at=cast.at + timedelta(days=90, seconds=1)) == 1
    assert forget_numbers(by=cast.system, at=cast.at + timedelta(days=91)) == 0
    hers.refresh_from_db()
    his.refresh_from_db()
    assert (hers.payload["to"], his.payload, his.state) == ("10000000077", {}, "cancelled")


def test_a_number_is_shown_in_full_only_for_a_purpose(cast: Cast, customer: Customer) -> None:
    row = ask(cast, STRANGER)
    with pytest.raises(Invalid):
        actions.reveal_phone(request=row, purpose=" ", by=cast.service, at=cast.at)
    assert actions.reveal_phone(request=row, purpose="打电话确认", by=cast.service, at=cast.at) == "10000000077"
    entry = AuditEntry.objects.get(kind="reveal")
    assert (entry.code, entry.reason, entry.by) == ("appointments.request.phone_revealed", "打电话确认", cast.service)
    with pytest.raises(Forbidden):
        actions.reveal_phone(request=row, purpose="看看", by=cast.doctor, at=cast.at)
