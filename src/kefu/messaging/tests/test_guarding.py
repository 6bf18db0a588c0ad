"""What could not leave at once leaves later only to who may still be written to, and at a decent hour."""

from datetime import timedelta

import pytest

from kefu.customers.actions import close_customer, give_consent
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import delivery, transports
from kefu.foundation.outbox.actions import release, retry
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.receipts import Report, receive
from kefu.foundation.outbox.testing import connected
from kefu.foundation.outbox.transports import PermanentError, TransientError
from kefu.messaging.actions import send
from kefu.messaging.choices import Withheld
from kefu.messaging.models import Message, MessageCost, OptOut
from kefu.messaging.tests.people import wang
from kefu.messaging.tests.test_send import BOOKED
from kefu.testing.cast import AT

EVENING = AT.replace(hour=20, minute=59)
NIGHT = AT.replace(hour=23)
MORNING = AT.replace(hour=8, minute=30) + timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_channels():
    for channel in ("sms", "wechat", "email"):
        transports.close(channel)


def stopped(cast, customer, template="appt_confirmed", values=BOOKED) -> Message:
    """A message that is held because nothing goes out by text message."""
    give_consent(customer=customer, scope="marketing_sms", method="spoken", note="可以", by=cast.manager, at=AT)
    message = send(customer=customer, template=template, values=values, by=cast.manager, at=AT)
    run_pending(AT)
    assert state(message) == "held"
    return message


def state(message: Message) -> str:
    return Message.objects.get(pk=message.pk).state


def refuse_greetings(cast, customer) -> None:
    """As an opt-out that found nothing to take back."""
    OptOut.objects.create(customer=customer, by=cast.manager, at=AT)


@pytest.mark.parametrize("again", ["retry", "release"])
def test_who_opted_out_meanwhile_gets_no_greeting_but_hears_of_the_booking(cast, again):
    customer = wang(cast)
    greeting, booked = stopped(cast, customer, "birthday", {}), stopped(cast, customer)
    refuse_greetings(cast, customer)
    with connected("sms") as gateway:
        if again == "retry":
            left = [retry(message_id=one.outbox_id, by=cast.admin, at=AT) for one in (greeting, booked)]
            assert left == [False, True]
        else:
            assert release(channel="sms", by=cast.admin, at=AT) == 1
        run_pending(AT)

    assert (state(greeting), state(booked), len(gateway.got)) == ("cancelled", "sent", 1)
    assert AuditEntry.objects.get(code="outbox.cancelled").reason == Withheld.OPTED_OUT.said


def test_what_was_given_up_before_the_customer_left_stays_here(cast):
    customer = wang(cast)
    with connected("sms", PermanentError("refused")) as gateway:
        message = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        run_pending(AT)
        close_customer(customer=customer, reason="搬走了", by=cast.manager, at=AT)
        OutboxMessage.objects.update(state="dead")
        assert retry(message_id=message.outbox_id, by=cast.admin, at=AT) is False
        run_pending(AT)
    assert (state(message), gateway.got) == ("cancelled", [])


def test_nobody_is_woken_by_another_attempt_or_by_who_sends_again(cast):
    customer = wang(cast)
    with connected("sms", TransientError("busy"), TransientError("busy"), TransientError("busy")) as gateway:
        message = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=EVENING)
        for minute in range(0, 120, 5):
            run_pending(EVENING + timedelta(minutes=minute))
        outbox = OutboxMessage.objects.get(pk=message.outbox_id)
        assert outbox.next_try_at == MORNING
        OutboxMessage.objects.update(state="held")
        retry(message_id=outbox.pk, by=cast.admin, at=NIGHT)
        outbox.refresh_from_db()
        assert (outbox.state, outbox.next_try_at) == ("pending", MORNING)
    assert gateway.got == []


@pytest.mark.parametrize("claimed", [False, True])
def test_after_a_standstill_nobody_is_woken_by_what_waited(cast, claimed):
    with connected("sms") as gateway:
        message = send(customer=wang(cast), template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        if claimed:  # by a worker that died
            assert delivery._claim(message.outbox_id, AT) is not None
            delivery.sweep(at=NIGHT)
        run_pending(NIGHT)
        outbox = OutboxMessage.objects.get(pk=message.outbox_id)
        assert (gateway.got, outbox.state, outbox.next_try_at) == ([], "pending", MORNING)
        run_pending(MORNING - timedelta(minutes=1))
        assert gateway.got == []
        run_pending(MORNING)

    assert (state(message), len(gateway.got)) == ("sent", 1)


def test_a_code_is_tried_again_at_any_hour(cast):
    with connected("sms", TransientError("busy")) as gateway:
        send(customer=wang(cast), template="otp", values={"code": "482913", "minutes": 5}, by=cast.system, at=NIGHT)
        run_pending(NIGHT)
        run_pending(NIGHT + timedelta(minutes=10))
    assert len(gateway.got) == 1


def test_what_a_receipt_proves_costs_its_text_messages(cast):
    customer = wang(cast)
    with connected("sms", TransientError("timed out"), PermanentError("gone")):
        message = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        for minute in (0, 10):
            run_pending(AT + timedelta(minutes=minute))
        assert state(message) == "dead"
        receive(channel="sms", reports=[Report(f"msg:{message.key}", True, AT)], by=None, at=AT)
    assert state(message) == "delivered"
    assert [cost.parts for cost in MessageCost.objects.filter(message=message)] == [1]
