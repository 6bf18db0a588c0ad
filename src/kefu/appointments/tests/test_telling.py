"""What the customer hears of a booking: in words with name, date, hour and item, once per step, and nothing that is not true any more."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import transaction

from kefu.appointments import actions
from kefu.appointments.actions.moves import reassign
from kefu.appointments.choices import AppointmentStatus, AppointmentType, ExceptionKind
from kefu.appointments.jobs import missed, remind_tomorrow, tell_customer
from kefu.appointments.models import Appointment, ScheduleException, Told
from kefu.appointments.slots import calls
from kefu.appointments.tests.test_booking import NINE, open_clinic
from kefu.customers.models import ContactPoint, Customer
from kefu.foundation.audit.trail import action, nothing_changed
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected
from kefu.messaging.actions import log_contact
from kefu.messaging.content import load as load_messages
from kefu.messaging.models import Message
from kefu.testing.cast import SHANGHAI, Cast
from kefu.testing.stories import customer_of

PHONE = "10000000001"
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
TEN = NINE + timedelta(hours=1)
CONFIRMED = (
    "【和康】沈女士您好，您11月24日09:00的初诊已预约成功，北京朝阳中心。请准时到；改期请提前一天告知010-00000000。"
)
CHANGED = "【和康】沈女士您好，您的初诊已改到11月24日10:00，北京朝阳中心。再有变动请提前一天联系010-00000000。"
CANCELLED = "【和康】沈女士您好，您11月24日09:00的初诊已取消。需要时请再联系我们：010-00000000。谢谢您。"


def moment(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


@pytest.fixture(autouse=True)
def _no_channels() -> None:
    for channel in ("sms", "wechat", "email"):
        transports.close(channel)


@pytest.fixture
def customer(cast: Cast) -> Customer:
    load_messages(by=None, at=cast.at)
    open_clinic(cast)
    return customer_of(cast)


def book(
    cast: Cast, customer: Customer, start: datetime = NINE, at: datetime | None = None, **more: object
) -> Appointment:
    values = {"doctor": cast.doctor, "type": AppointmentType.FIRST_VISIT, **more}
    return actions.book(customer=customer, node=cast.bj, start=start, by=cast.manager, at=at or cast.at, **values)


def away(cast: Cast, **more: object) -> None:
    """The doctor's leave on the day, as the timetable keeps it once every booking it hits was decided about."""
    ScheduleException.objects.create(
        doctor=cast.doctor, day=TUESDAY, kind=ExceptionKind.LEAVE, node=cast.bj, by=cast.director, **more
    )


def bodies(gateway) -> list[str]:
    return [payload["body"] for _key, payload in gateway.got]


@pytest.mark.req("APT-006")
def test_a_booking_is_confirmed_with_name_date_hour_item_and_what_to_do(cast: Cast, customer: Customer) -> None:
    with connected("sms") as gateway:
        appointment = book(cast, customer)
        assert gateway.got == []
        run_pending(cast.at)
        tell_customer(at=cast.at, appointment_id=appointment.pk)
        run_pending(cast.at)

    assert bodies(gateway) == [CONFIRMED]
    assert gateway.got[0][1]["to"] == PHONE
    message = Message.objects.get()
    assert (message.by, message.subject_kind, message.subject_id) == (
        cast.manager,
        "appointments.appointment",
        appointment.pk,
    )


def test_a_booking_that_was_rolled_back_is_not_confirmed(cast: Cast, customer: Customer) -> None:
    with connected("sms") as gateway:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            book(cast, customer)
            1 / 0  # noqa: B018
        run_pending(cast.at)

    assert (gateway.got, Told.objects.count()) == ([], 0)


@pytest.mark.req("APT-007", part="messages")
@pytest.mark.req("SCR-002", part="messages")
def test_moved_and_cancelled_each_with_one_message(cast: Cast, customer: Customer) -> None:
    with connected("sms") as gateway:
        appointment = book(cast, customer)
        run_pending(cast.at)
        actions.move(appointment=appointment, start=TEN, reason="客户上午有会", by=cast.manager, at=cast.at)
        run_pending(cast.at)
        actions.move(appointment=appointment, start=NINE, reason="会取消了", by=cast.manager, at=cast.at)
        actions.cancel(appointment=appointment, reason="客户出差", by=cast.manager, at=cast.at)
        run_pending(cast.at)

    assert bodies(gateway) == [CONFIRMED, CHANGED, CANCELLED]
    assert list(Told.objects.values_list("kind", flat=True)) == ["confirmed", "changed", "cancelled"]


def test_a_booking_cancelled_before_the_worker_came_is_not_confirmed(cast: Cast, customer: Customer) -> None:
    with connected("sms") as gateway:
        appointment = book(cast, customer)
        actions.cancel(appointment=appointment, reason="按错了", by=cast.manager, at=cast.at)
        run_pending(cast.at)

    assert bodies(gateway) == [CANCELLED]


def test_what_waits_for_the_morning_is_taken_back_when_the_evening_changes_it(cast: Cast, customer: Customer) -> None:
    evening = moment(21, 30)
    with connected("sms") as gateway:
        appointment = book(cast, customer, NINE + timedelta(days=7), at=evening)
        run_pending(evening)
        actions.move(appointment=appointment, start=TEN + timedelta(days=7), by=cast.manager, at=evening)
        run_pending(evening)
        assert gateway.got == []
        run_pending(moment(8, 30, TUESDAY))

    assert bodies(gateway) == [
        "【和康】沈女士您好，您12月1日10:00的初诊已预约成功，北京朝阳中心。请准时到；改期请提前一天告知010-00000000。"
    ]
    assert sorted(OutboxMessage.objects.values_list("state", flat=True)) == ["cancelled", "sent"]


def test_a_confirmation_that_could_only_leave_after_the_visit_does_not_leave(cast: Cast, customer: Customer) -> None:
    transports.close("sms")
    book(cast, customer)
    run_pending(cast.at)
    assert OutboxMessage.objects.get().state == "held"
    assert OutboxMessage.objects.get().expires_at == NINE


@pytest.mark.req("APT-008")
def test_a_booking_cancelled_by_the_doctors_leave_says_so_and_promises_a_call(cast: Cast, customer: Customer) -> None:
    at = cast.at + timedelta(hours=1)
    with connected("sms") as gateway:
        appointment = book(cast, customer)
        run_pending(cast.at)
        away(cast, reason="进修", at=at)
        actions.cancel(appointment=appointment, reason="医生进修", by=cast.manager, at=at)
        run_pending(at)

    assert (
        bodies(gateway)[1]
        == "【和康】沈女士您好，何医生11月24日临时不出诊，很抱歉。我们会在2小时内电话与您另约，010-00000000。"
    )
    (call,) = calls(cast.service, at)
    assert (call.customer_name, call.due_at, call.why) == ("沈知夏", at + timedelta(hours=2), "医生请假，已答应另约")
    log_contact(customer=customer, channel="phone", direction="out", purpose="appointment", outcome="reached", note="另约下周",
                by=cast.manager, at=at + timedelta(minutes=5))  # fmt: skip
    assert list(calls(cast.service, at + timedelta(minutes=6))) == []


def test_a_customer_cancelling_on_a_day_of_half_leave_is_thanked(cast: Cast, customer: Customer) -> None:
    with connected("sms") as gateway:
        appointment = book(cast, customer)
        away(cast, opens=time(11), closes=time(12), at=cast.at)
        actions.cancel(appointment=appointment, reason="客户出差", by=cast.manager, at=cast.at)
        run_pending(cast.at)

    assert bodies(gateway) == [CANCELLED]


def test_who_did_not_come_is_asked_the_same_day_and_not_the_day_after(cast: Cast, customer: Customer) -> None:
    with connected("sms") as gateway:
        appointment, later = book(cast, customer), book(cast, customer, NINE + timedelta(hours=2))
        run_pending(cast.at)
        missed = moment(10, 0, TUESDAY)
        actions.set_status(appointment=appointment, status=AppointmentStatus.NO_SHOW, by=cast.manager, at=missed)
        run_pending(missed)
        assert bodies(gateway)[2:] == [
            "【和康】沈女士您好，今天09:00没有等到您，不知是否方便？需要改期请联系010-00000000。"
        ]
        day_after = moment(9, 0, date(2026, 11, 25))
        actions.set_status(appointment=later, status=AppointmentStatus.NO_SHOW, by=cast.manager, at=day_after)
        run_pending(day_after)

    assert len(gateway.got) == 3


def test_whom_only_the_evening_found_missing_is_not_asked(cast: Cast, customer: Customer) -> None:
    with connected("sms") as gateway:
        appointment = book(cast, customer)
        run_pending(cast.at)
        evening = moment(22, 0, TUESDAY)
        missed(at=evening)
        run_pending(evening)
        appointment.refresh_from_db()

    assert (bodies(gateway), appointment.status) == ([CONFIRMED], "no_show")


def test_the_same_time_with_another_doctor_is_not_told_as_a_change(cast: Cast, customer: Customer) -> None:
    with connected("sms") as gateway:
        appointment = book(cast, customer)
        run_pending(cast.at)

        @action
        def give(*, by, at):
            reassign(appointment=appointment, doctor=cast.doctor2, reason="何医生开会", by=by, at=at)
            nothing_changed()

        give(by=cast.director, at=cast.at)
        run_pending(cast.at)

    assert bodies(gateway) == [CONFIRMED]


# -- the reminder on the day before ------------------------------------------------------------------------------------------------------


def remind(at: datetime) -> None:
    remind_tomorrow(at=at)
    run_pending(at)


@pytest.mark.req("APT-006")
def test_on_the_day_before_at_five_one_reminder_for_all_bookings_of_the_day(cast: Cast, customer: Customer) -> None:
    with connected("sms") as gateway:
        book(cast, customer)
        book(cast, customer, NINE + timedelta(hours=2), type=AppointmentType.INTERPRETATION, doctor=cast.doctor2)
        book(cast, customer, NINE + timedelta(days=7))
        run_pending(cast.at)
        remind(moment(16, 59))
        assert len(gateway.got) == 3
        remind(moment(17, 0))
        remind(moment(17, 0))
        remind(moment(17, 10))

    assert bodies(gateway)[3:] == [
        "【和康】沈女士您好，提醒您明天09:00、11:00到北京朝阳中心初诊、报告解读。如不方便，请今天联系010-00000000。"
    ]


@pytest.mark.req("APT-006")
def test_nobody_is_reminded_of_a_booking_that_was_cancelled_at_noon_or_while_the_reminders_are_written(
    cast: Cast, customer: Customer
) -> None:
    other = customer_of(cast, "陶映川", "10000000002", sex="male")
    with connected("sms") as gateway:
        noon, late = book(cast, customer), book(cast, other, TEN)
        run_pending(cast.at)
        actions.cancel(appointment=noon, reason="客户出差", by=cast.manager, at=moment(12))
        run_pending(moment(12))
        remind_tomorrow(at=moment(17))  # the list is read
        actions.cancel(appointment=late, reason="客户出差", by=cast.manager, at=moment(17))
        run_pending(moment(17))
        remind(moment(17, 10))

    assert [body for body in bodies(gateway) if "提醒您" in body] == []
    assert not Message.objects.filter(template__code="appt_reminder").exists()


def test_who_books_in_the_evening_or_was_missed_is_reminded_later_but_not_in_the_night(
    cast: Cast, customer: Customer
) -> None:
    other = customer_of(cast, "陶映川", "10000000002", sex="male")
    with connected("sms") as gateway:
        book(cast, customer)
        run_pending(cast.at)
        remind(moment(19, 40))
        book(cast, other, TEN, at=moment(20, 55))
        remind(moment(21, 0))
        remind(moment(8, 40, TUESDAY))

    assert [body for body in bodies(gateway) if "提醒您明天" in body] == [
        "【和康】沈女士您好，提醒您明天09:00到北京朝阳中心初诊。如不方便，请今天联系010-00000000。"
    ]


def test_a_reminder_that_waits_is_taken_back_with_the_booking_and_owed_anew_to_what_it_also_named(
    cast: Cast, customer: Customer
) -> None:
    nine, eleven = book(cast, customer), book(cast, customer, NINE + timedelta(hours=2), doctor=cast.doctor2)
    run_pending(cast.at)
    remind(moment(17, 0))
    assert Message.objects.filter(template__code="appt_reminder", outbox__state="held").count() == 1
    actions.cancel(appointment=nine, reason="客户出差", by=cast.manager, at=moment(17, 5))
    run_pending(moment(17, 5))
    remind(moment(17, 10))

    reminders = Message.objects.filter(template__code="appt_reminder").order_by("pk")
    assert [(one.state, "09:00" in one.body, "11:00" in one.body) for one in reminders] == [
        ("cancelled", True, True),
        ("held", False, True),
    ]
    assert [told.appointment for told in Told.objects.filter(kind="reminder")] == [eleven]


def test_without_a_number_reception_calls_and_the_rest_is_reminded(cast: Cast, customer: Customer) -> None:
    other = customer_of(cast, "陶映川", "10000000002", sex="male")
    ContactPoint.objects.filter(customer=customer).update(active=False)
    with connected("sms") as gateway:
        book(cast, customer)
        book(cast, other, TEN)
        run_pending(cast.at)
        remind(moment(17, 0))

    assert [payload["to"] for _key, payload in gateway.got if "提醒您" in payload["body"]] == ["10000000002"]
    (call,) = calls(cast.guide, moment(17, 5))
    assert (call.customer_name, call.what, call.due_at) == ("沈知夏", "初诊 · 11-24 09:00 · 何示宁", NINE)
    log_contact(customer=customer, channel="phone", direction="out", purpose="appointment", outcome="reached", note="会来",
                by=cast.manager, at=moment(17, 20))  # fmt: skip
    assert list(calls(cast.guide, moment(17, 30))) == []
