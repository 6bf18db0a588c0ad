"""What is not true of a booking any more does not leave: not from a second attempt, not by another way, not by somebody's hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from kefu.appointments import actions
from kefu.appointments.jobs import tell_customer
from kefu.appointments.models import Appointment, Told
from kefu.appointments.slots import calls
from kefu.appointments.tests.test_telling import (  # noqa: F401  fixtures
    CANCELLED,
    CONFIRMED,
    NINE,
    TEN,
    _no_channels,
    bodies,
    book,
    customer,
    moment,
    remind,
)
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.actions import release, retry
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.receipts import Report, receive
from kefu.foundation.outbox.testing import Receiver, connected
from kefu.foundation.outbox.transports import PermanentError, TransientError
from kefu.kernel.errors import Refused
from kefu.messaging.actions import resend, set_wish
from kefu.messaging.models import Message
from kefu.messaging.tests.people import wechat
from kefu.testing.cast import Cast


def states(template: str) -> list[str]:
    return [one.state for one in Message.objects.filter(template__code=template).order_by("pk")]


def meanwhile(happens: Callable[[], object], error: Exception) -> Receiver:
    """A gateway that fails once, and while it was at it something happened."""

    class Busy(Receiver):
        def __call__(self, payload: dict[str, Any], key: str) -> None:
            if not self.errors:
                super().__call__(payload, key)
                return
            error = self.errors.pop()
            happens()
            raise error

    gateway = Busy(errors=[error])
    transports.register("sms", gateway)
    return gateway


@pytest.fixture(autouse=True)
def _closed_again() -> Iterator[None]:
    yield
    for channel in ("sms", "wechat"):
        transports.close(channel)


def cancel(cast: Cast, appointment: Appointment) -> None:
    """Cancelled, and the customer is written to about it."""
    actions.cancel(appointment=appointment, reason="客户出差", by=cast.manager, at=cast.at)
    tell_customer(at=cast.at, appointment_id=appointment.pk)


# -- while it is being sent ----------------------------------------------------------------------------------------------------------------


@pytest.mark.req("APT-007", part="messages")
@pytest.mark.parametrize("error", [TransientError("busy"), PermanentError("refused")])
def test_a_confirmation_that_was_being_sent_when_the_booking_was_cancelled_is_not_tried_again(
    cast: Cast,
    customer: Customer,  # noqa: F811
    error: Exception,
) -> None:
    appointment = book(cast, customer)
    gateway = meanwhile(lambda: cancel(cast, appointment), error)
    for minutes in (0, 5, 30, 60):
        run_pending(cast.at + timedelta(minutes=minutes))

    assert (bodies(gateway), states("appt_confirmed")) == ([CANCELLED], ["cancelled"])


def test_a_reminder_that_was_being_sent_names_the_old_time_no_more(
    cast: Cast,
    customer: Customer,  # noqa: F811
) -> None:
    with connected("sms"):
        appointment = book(cast, customer)
        run_pending(cast.at)

    def moved() -> None:
        actions.move(appointment=appointment, start=TEN, reason="客户有会", by=cast.manager, at=moment(17))
        tell_customer(at=moment(17), appointment_id=appointment.pk)

    gateway = meanwhile(moved, TransientError("busy"))
    remind(moment(17))
    remind(moment(17, 10))

    assert [body for body in bodies(gateway) if "09:00" in body] == []
    assert states("appt_reminder") == ["cancelled", "sent"]


# -- by another way ------------------------------------------------------------------------------------------------------------------------


def follow(cast: Cast, customer: Customer) -> None:  # noqa: F811
    """The customer follows the official account, and likes to be written to there."""
    wechat(customer)
    set_wish(customer=customer, language="zh-hans", channel="wechat", by=cast.manager, at=cast.at)


def turned_away(cast: Cast, customer: Customer) -> Appointment:  # noqa: F811
    """A booking whose confirmation WeChat turned away."""
    follow(cast, customer)
    appointment = book(cast, customer)
    with connected("wechat", PermanentError("43101 user refuse")):
        run_pending(cast.at)
    return appointment


@pytest.mark.req("APT-007", part="messages")
def test_what_waits_in_place_of_a_wechat_message_is_taken_back_with_the_booking(
    cast: Cast,
    customer: Customer,  # noqa: F811
) -> None:
    appointment = turned_away(cast, customer)
    assert Told.objects.get().message.channel == "sms"
    assert states("appt_confirmed") == ["dead", "held"]
    with connected("sms") as gateway:
        cancel(cast, appointment)
        release(channel="sms", by=cast.admin, at=cast.at)
        run_pending(cast.at)

    assert (bodies(gateway), states("appt_confirmed")) == ([CANCELLED], ["dead", "cancelled"])


@pytest.mark.req("APT-007", part="messages")
def test_wechat_saying_late_that_it_did_not_arrive_confirms_nothing_that_was_cancelled(
    cast: Cast,
    customer: Customer,  # noqa: F811
) -> None:
    follow(cast, customer)
    with connected("wechat") as account, connected("sms") as gateway:
        appointment = book(cast, customer)
        run_pending(cast.at)
        actions.cancel(appointment=appointment, reason="客户出差", by=cast.manager, at=cast.at)
        run_pending(cast.at)
        confirmed = Message.objects.get(template__code="appt_confirmed")
        failed = Report(f"msg:{confirmed.key}", False, cast.at, code="failed: user block")
        receive(channel="wechat", reports=[failed], by=None, at=cast.at)
        run_pending(cast.at)

    assert (len(account.got), gateway.got, states("appt_confirmed")) == (2, [], ["dead"])


def test_reception_calls_where_the_other_way_failed_too_and_only_there(
    cast: Cast,
    customer: Customer,  # noqa: F811
) -> None:
    follow(cast, customer)
    with connected("wechat") as account, connected("sms") as gateway:
        book(cast, customer)
        run_pending(cast.at)
        account.errors.append(PermanentError("43101 user refuse"))
        remind(moment(17))
        assert (len(account.got), ["提醒您明天09:00" in body for body in bodies(gateway)]) == (1, [True])
        assert list(calls(cast.guide, moment(17, 5))) == []
        reminder = Message.objects.get(template__code="appt_reminder", channel="sms")
        receive(
            channel="sms", reports=[Report(f"msg:{reminder.key}", False, moment(17), "UNDELIV")], by=None, at=moment(17)
        )

    (call,) = calls(cast.guide, moment(17, 5))
    assert call.customer_name == customer.name


# -- by somebody's hand --------------------------------------------------------------------------------------------------------------------


@pytest.mark.req("APT-007", part="messages")
@pytest.mark.parametrize("state", ["held", "dead"])
def test_nobody_sends_the_confirmation_again_once_the_booking_is_cancelled(
    cast: Cast,
    customer: Customer,  # noqa: F811
    state: str,
) -> None:
    appointment = book(cast, customer)
    if state == "dead":
        with connected("sms", PermanentError("refused")):
            run_pending(cast.at)
    run_pending(cast.at)
    message = Message.objects.get()
    assert message.state == state
    actions.cancel(appointment=appointment, reason="客户出差", by=cast.manager, at=cast.at)  # nobody is told of it yet
    with connected("sms") as gateway:
        with pytest.raises(Refused, match="后来变了"):
            resend(message=message, reason="没收到", by=cast.manager, at=cast.at)
        assert retry(message_id=message.outbox_id or 0, by=cast.admin, at=cast.at) is False
        run_pending(cast.at)

    assert bodies(gateway) == [CANCELLED]
    assert AuditEntry.objects.get(code="outbox.cancelled").reason == "appointments.booking.taken_back"


@pytest.mark.parametrize("still", [True, False])
def test_what_did_not_arrive_is_sent_again_only_while_it_is_so(
    cast: Cast,
    customer: Customer,  # noqa: F811
    still: bool,
) -> None:
    with connected("sms") as gateway:
        appointment = book(cast, customer)
        run_pending(cast.at)
        if not still:
            actions.move(appointment=appointment, start=TEN, reason="客户有会", by=cast.manager, at=cast.at)
            run_pending(cast.at)
        confirmed = Message.objects.get(template__code="appt_confirmed")
        receive(channel="sms", reports=[Report(f"msg:{confirmed.key}", False, cast.at, "UNDELIV")], by=None, at=cast.at)
        assert retry(message_id=confirmed.outbox_id or 0, by=cast.admin, at=cast.at) is still
        run_pending(cast.at)

    assert bodies(gateway).count(CONFIRMED) == 1 + still


def test_a_channel_that_opens_lets_out_only_what_is_so(
    cast: Cast,
    customer: Customer,  # noqa: F811
) -> None:
    gone, stands = book(cast, customer), book(cast, customer, NINE + timedelta(hours=2), doctor=cast.doctor2)
    run_pending(cast.at)
    assert OutboxMessage.objects.filter(state="held").count() == 2
    actions.cancel(appointment=gone, reason="客户出差", by=cast.manager, at=cast.at)
    with connected("sms") as gateway:
        assert release(channel="sms", by=cast.admin, at=cast.at) == 1
        run_pending(cast.at)

    assert sorted("11:00" in body for body in bodies(gateway)) == [False, True]
    assert stands.told.get().message.state == "sent"
