"""A message leaves after the fact is committed: once, with patience, or not at all."""

from datetime import timedelta

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from kefu.foundation.audit.trail import Subject
from kefu.foundation.events.bus import subscribe
from kefu.foundation.jobs.connector import manager
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import delivery, transports
from kefu.foundation.outbox.events import MessageStopped
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected, stored
from kefu.foundation.outbox.transports import PermanentError, TransientError
from kefu.testing.cast import AT

TEXT = {"to": "13800000001", "text": "王女士您好，预约成功。"}
stopped: list[MessageStopped] = []
subscribe(MessageStopped, stopped.append)


class Killed(BaseException):
    """The worker is gone in the middle of sending."""


@pytest.fixture(autouse=True)
def _no_channel():
    transports.close("test")
    stopped.clear()


def message(key: str = "appt-1:confirmed", **more) -> OutboxMessage:
    return stored(AT, channel="test", key=key, payload=TEXT, **more)


def test_a_message_leaves_after_the_commit_with_its_key(db):
    with connected("test") as receiver:
        sent = message(subject=Subject("appointments.appointment", 7), customer_id=3)
        assert receiver.got == []
        run_pending(AT)

    sent.refresh_from_db()
    assert receiver.got == [("appt-1:confirmed", TEXT)]
    assert (sent.state, sent.sent_at, sent.attempts) == ("sent", AT, 1)
    assert (sent.subject_kind, sent.subject_id, sent.customer_id) == ("appointments.appointment", 7, 3)


def test_a_rolled_back_action_leaves_neither_message_nor_job(db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        message()
        1 / 0  # noqa: B018

    assert OutboxMessage.objects.count() == 0
    assert ProcrastinateJob.objects.count() == 0


def test_the_same_key_is_written_and_sent_once(db):
    with connected("test") as receiver:
        assert message().pk == message().pk
        run_pending(AT)

    assert len(receiver.got) == 1


def test_waits_double_between_attempts_and_the_key_stays(db):
    with connected("test", TransientError("busy"), TransientError("busy"), TransientError("busy")) as receiver:
        late = message()
        moments, at = [], AT
        for _attempt in range(3):
            run_pending(at)
            late.refresh_from_db()
            moments.append((late.next_try_at - at).total_seconds())
            assert (late.state, late.last_error) == ("pending", "busy")
            run_pending(late.next_try_at - timedelta(seconds=1))
            at = late.next_try_at
        run_pending(at)

    late.refresh_from_db()
    assert moments == [30, 60, 120]
    assert (late.state, late.attempts, receiver.got) == ("sent", 4, [("appt-1:confirmed", TEXT)])


def test_after_eight_attempts_the_message_is_dead_and_a_person_is_needed(db):
    with connected("test", *[TransientError("busy")] * 8) as receiver:
        dead = message()
        for hour in range(9):
            run_pending(AT + timedelta(hours=hour))

    dead.refresh_from_db()
    assert (dead.state, dead.attempts, receiver.got) == ("dead", 8, [])
    assert [(event.message_id, event.state, event.reason) for event in stopped] == [(dead.pk, "dead", "busy")]


def test_a_final_refusal_is_not_tried_again(db):
    with connected("test", PermanentError("unknown number")) as receiver:
        dead = message()
        run_pending(AT)
        run_pending(AT + timedelta(hours=1))

    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.last_error, receiver.got) == ("dead", 1, "unknown number", [])


def test_a_broken_transport_does_not_lose_the_message(db):
    with connected("test", KeyError("token")) as receiver:
        kept = message()
        run_pending(AT)
        run_pending(AT + timedelta(seconds=30))

    kept.refresh_from_db()
    assert (kept.state, receiver.got) == ("sent", [("appt-1:confirmed", TEXT)])


def test_without_a_transport_the_message_is_held_and_says_why(db):
    held = message()
    run_pending(AT)

    held.refresh_from_db()
    assert (held.state, held.last_error) == ("held", "no transport for test")
    assert [event.state for event in stopped] == ["held"]


def test_a_message_for_tomorrow_waits_and_an_expired_one_never_leaves(db):
    morning = AT + timedelta(hours=20)
    with connected("test") as receiver:
        message("later", not_before=morning)
        old = message("old", not_before=morning, expires_at=morning)
        run_pending(AT)
        assert receiver.got == []
        run_pending(morning)

    old.refresh_from_db()
    assert [key for key, _payload in receiver.got] == ["later"]
    assert (old.state, old.last_error) == ("cancelled", "expired")


def test_a_worker_killed_while_sending_is_replaced_and_the_key_stays(db):
    with connected("test", Killed()) as receiver:
        kept = message()
        with pytest.raises(Killed):
            delivery.deliver(message_id=kept.pk, at=AT)
        kept.refresh_from_db()
        assert kept.state == "sending"

        delivery.deliver(message_id=kept.pk, at=AT + timedelta(seconds=59))
        assert receiver.got == []
        assert delivery.sweep(at=AT + timedelta(seconds=60)) == 1
        run_pending(AT + timedelta(seconds=60))

    kept.refresh_from_db()
    assert (kept.state, kept.attempts, receiver.got) == ("sent", 2, [("appt-1:confirmed", TEXT)])


def test_a_slow_worker_does_not_undo_the_success_of_its_successor(db):
    kept = message()

    def slow(payload, key):
        transports.register("test", lambda payload, key: None)
        delivery.deliver(message_id=kept.pk, at=AT + timedelta(seconds=61))
        raise TransientError("timed out at last")

    transports.register("test", slow)
    delivery.deliver(message_id=kept.pk, at=AT)

    kept.refresh_from_db()
    assert (kept.state, kept.last_error) == ("sent", "")


def test_a_due_message_that_lost_its_job_is_found(db):
    with connected("test") as receiver:
        message()
        OutboxMessage.objects.update(next_try_at=AT - timedelta(minutes=2))
        for job in ProcrastinateJob.objects.all():
            manager.cancel_job_by_id(job.pk)
        assert run_pending(AT) == 0
        assert delivery.sweep(at=AT) == 1
        run_pending(AT)

    assert len(receiver.got) == 1
