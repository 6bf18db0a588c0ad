"""After a message was taken, the other side reports: it arrived, it did not, early, twice, late, or about something sent again since."""

from datetime import timedelta

import pytest
from django.db import connection

from kefu.foundation.audit.trail import action, record
from kefu.foundation.events.bus import subscribe
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import delivery, transports
from kefu.foundation.outbox.actions import reopen, retry
from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.events import MessageStopped, MessageTaken
from kefu.foundation.outbox.models import DeliveryReceipt, OutboxMessage
from kefu.foundation.outbox.receipts import EXPECTED, MATCHED, Report, match_early, receive, to_match
from kefu.foundation.outbox.testing import connected, stored
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.kernel.errors import Refused
from kefu.testing.cast import AT

LATER = AT + timedelta(minutes=5)
stopped: list[MessageStopped] = []
taken: list[MessageTaken] = []
subscribe(MessageStopped, stopped.append)
subscribe(MessageTaken, taken.append)


@pytest.fixture(autouse=True)
def _no_channel():
    transports.close("test")
    stopped.clear()
    taken.clear()
    yield
    transports.close("test")


def sent(*references: str) -> OutboxMessage:
    transports.register("test", lambda payload, key: Taken("pigeon", references, parts=max(1, len(references))))
    message = stored(AT, channel="test", key="m1", payload={"to": "x", "body": "…"})
    run_pending(AT)
    return OutboxMessage.objects.get(pk=message.pk)


def report(reference: str, *, delivered: bool = True, **more) -> int:
    told = Report(reference, delivered, LATER, **more)
    return receive(channel="test", reports=[told], by=None, at=LATER)


def state(message) -> str:
    message.refresh_from_db()
    return message.state


def test_a_message_is_delivered_when_the_other_side_says_so_once(db):
    message = sent("p-1")
    assert (message.state, message.via, message.references) == ("sent", "pigeon", ["p-1"])
    assert [(event.message_id, event.via, event.parts) for event in taken] == [(message.pk, "pigeon", 1)]

    assert (report("p-1"), report("p-1")) == (1, 0)

    assert state(message) == "delivered"
    assert DeliveryReceipt.objects.get().message_id == message.pk


def test_one_in_parts_is_delivered_with_its_last_part_and_fails_with_any(db):
    message = sent("a", "b", "c")
    assert taken[0].parts == 3
    report("a")
    report("b")
    assert state(message) == "sent"
    report("c")
    assert state(message) == "delivered"

    report("b", delivered=False, code="EXPIRED")
    assert (state(message), message.last_error) == ("dead", "EXPIRED")


def test_a_late_failure_is_told_with_its_code(db):
    message = sent("p-1")
    report("p-1", delivered=False, code="UNKNOWN_NUMBER", no_such_address=True)

    assert state(message) == "dead"
    assert [(event.message_id, event.state, event.reason, event.no_such_address) for event in stopped] == [
        (message.pk, "dead", "UNKNOWN_NUMBER", True)
    ]


def test_a_receipt_by_our_key_counts_for_the_whole_message(db):
    message = sent("a", "b")
    report("m1")
    assert state(message) == "delivered"


def test_a_receipt_that_is_faster_than_the_answer_finds_its_message_later(db):
    def quick(payload, key):
        assert report("p-9") == 1
        return Taken("pigeon", ("p-9",))

    transports.register("test", quick)
    message = stored(AT, channel="test", key="m1", payload={"to": "x", "body": "…"})
    run_pending(AT)
    assert state(message) == "sent"

    assert match_early(by=None, at=LATER) == 1
    assert state(message) == "delivered"
    assert match_early(by=None, at=LATER) == 0


def test_a_receipt_about_nothing_of_ours_is_kept_and_changes_nothing(db):
    message = sent("p-1")
    assert report("stranger", delivered=False) == 1
    assert (state(message), DeliveryReceipt.objects.get().message) == ("sent", None)


def test_strangers_receipts_keep_ours_from_nothing_and_are_left_once_they_are_old(db):
    strangers = [
        DeliveryReceipt(channel="test", reference=f"s-{n}", outcome="delivered", happened_at=AT, at=AT, look_at=AT)
        for n in range(MATCHED + 20)
    ]
    DeliveryReceipt.objects.bulk_create(strangers)
    message = stored(AT, channel="test", key="m1", payload={"to": "x", "body": "…"})
    with connected("test", TransientError("timed out")):
        OutboxMessage.objects.filter(pk=message.pk).update(state="sending", claimed_at=AT)
        report("m1")
        OutboxMessage.objects.filter(pk=message.pk).update(state="sent", sent_at=AT)
    assert [match_early(by=None, at=AT + timedelta(minutes=minute)) for minute in (6, 7, 8)] == [0, 1, 0]
    assert state(message) == "delivered"
    old = AT + EXPECTED + timedelta(minutes=10)
    assert [match_early(by=None, at=old) for _twice in range(2)] == [0, 0]
    assert not to_match().exists()
    assert DeliveryReceipt.objects.filter(message=None).count() == MATCHED + 20


def test_looking_for_messages_costs_the_same_whatever_was_reported_before(db):
    message = sent("p-1")
    done = [
        DeliveryReceipt(channel="test", reference=f"d-{n}", outcome="delivered", happened_at=AT, at=AT, message=message)
        for n in range(5000)
    ]
    DeliveryReceipt.objects.bulk_create(done)
    report("stranger")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_deliveryreceipt")
    plan = to_match()[:MATCHED].explain(analyze=True)
    assert "receipt_to_match" in plan and "Seq Scan" not in plan and "rows=1 " in plan


def test_after_a_lost_answer_the_receipt_proves_that_no_other_attempt_is_needed(db):
    with connected("test", TransientError("timed out")) as receiver:
        message = stored(AT, channel="test", key="m1", payload={"to": "x", "body": "…"})
        run_pending(AT)
        assert state(message) == "pending"
        report("m1")
        run_pending(AT + timedelta(minutes=10))

    assert (state(message), receiver.got) == ("delivered", [])
    assert [(event.message_id, event.parts) for event in taken] == [(message.pk, None)]


@pytest.mark.parametrize(
    ("error", "stopped_as"),
    [(NotReadyError(Unready.ACCOUNT, "no balance"), "held"), (PermanentError("all attempts used"), "dead")],
)
def test_a_receipt_for_an_earlier_attempt_counts_also_once_the_message_was_given_up(cast, error, stopped_as):
    with connected("test", TransientError("timed out"), error):
        message = stored(AT, channel="test", key="m1", payload={"to": "x", "body": "…"})
        run_pending(AT)
        run_pending(AT + timedelta(minutes=10))
        assert state(message) == stopped_as
        report("m1")

    assert state(message) == "delivered"
    assert [(event.message_id, event.parts) for event in taken] == [(message.pk, None)]


def test_a_worker_killed_after_the_other_side_took_it_sends_no_second_one_once_the_receipt_is_there(db):
    with connected("test", KeyboardInterrupt()) as receiver:
        message = stored(AT, channel="test", key="m1", payload={"to": "x", "body": "…"})
        with pytest.raises(KeyboardInterrupt):
            delivery.deliver(message_id=message.pk, at=AT)
        report("m1")
        assert state(message) == "sending"
        delivery.deliver(message_id=message.pk, at=AT + timedelta(seconds=61))
        match_early(by=None, at=LATER)

    assert (state(message), receiver.got) == ("delivered", [])


def test_what_had_been_taken_is_sent_again_by_another_key_and_old_receipts_say_nothing_of_it(cast):
    message = sent("p-1")
    report("p-1", delivered=False, code="EXPIRED")
    with connected("test") as receiver:
        retry(message_id=message.pk, by=cast.admin, at=LATER)
        run_pending(LATER)
    assert [key for key, _payload in receiver.got] == ["m1~1"]
    assert state(message) == "sent"

    report("m1", delivered=False, code="OLD")
    assert state(message) == "sent"
    report("m1~1")
    assert state(message) == "delivered"


def test_what_was_never_taken_keeps_its_key(cast):
    with connected("test", PermanentError("no such number", no_such_address=True)) as receiver:
        message = stored(AT, channel="test", key="m1", payload={"to": "x", "body": "…"})
        run_pending(AT)
        assert [event.no_such_address for event in stopped] == [True]
        retry(message_id=message.pk, by=cast.admin, at=LATER)
        run_pending(LATER)
    assert [key for key, _payload in receiver.got] == ["m1"]


def test_what_needs_something_set_up_is_held_and_leaves_when_it_is(cast):
    with connected("test", NotReadyError(Unready.TEMPLATE, "otp")) as receiver:
        message = stored(AT, channel="test", key="m1", payload={"to": "x", "body": "…"})
        run_pending(AT)
        assert (state(message), message.last_error) == ("held", "template: otp")
        retry(message_id=message.pk, by=cast.admin, at=LATER)
        run_pending(LATER)
    assert (state(message), len(receiver.got)) == ("sent", 1)


@action
def again_to(*, message, to, by, at) -> None:
    record("test.again", by=by, at=at)
    reopen(message_id=message.pk, at=at, to=to)


def test_words_that_open_something_are_forgotten_and_not_sent_again(cast):
    with connected("test"):
        message = stored(
            AT,
            channel="test",
            key="m1",
            payload={"to": "x", "body": "482913", "values": {"code": "482913"}, "secret": True},
        )
        run_pending(AT)
        report("m1", delivered=False)
        message.refresh_from_db()
        assert (message.state, message.payload) == ("dead", {"to": "x", "secret": True})
        with pytest.raises(Refused, match="不能重发"):
            again_to(message=message, to="y", by=cast.admin, at=LATER)
