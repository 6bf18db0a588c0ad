"""The administrator deals with messages that could not leave."""

from datetime import timedelta

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import action
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import delivery, queries, transports
from kefu.foundation.outbox.actions import cancel, release, retry, withdraw
from kefu.foundation.outbox.testing import connected, stored
from kefu.foundation.outbox.transports import PermanentError
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.testing.cast import AT


@pytest.fixture
def held(cast):
    transports.close("test")
    messages = [stored(AT, channel="test", key=f"m{number}", payload={"n": number}) for number in (1, 2)]
    run_pending(AT)
    return messages


def test_held_messages_leave_when_their_channel_opens(cast, held):
    assert queries.counts() == {"held": 2}
    with connected("test") as receiver:
        assert release(channel="test", by=cast.admin, at=AT) == 2
        run_pending(AT)
        assert release(channel="test", by=cast.admin, at=AT) == 0

    assert [key for key, _payload in receiver.got] == ["m1", "m2"]
    assert queries.counts() == {}
    assert AuditEntry.objects.get(code="outbox.released").changes == {"channel": [None, "test"], "count": [0, 2]}


def test_nothing_is_released_into_a_closed_channel(cast, held):
    with pytest.raises(Refused, match="没有开通"):
        release(channel="test", by=cast.admin, at=AT)
    with pytest.raises(Refused, match="没有开通"):
        retry(message_id=held[0].pk, by=cast.admin, at=AT)

    assert queries.counts() == {"held": 2}


def test_a_dead_message_gets_fresh_attempts(cast):
    with connected("test", PermanentError("unknown number")) as receiver:
        dead = stored(AT, channel="test", key="m1", payload={})
        run_pending(AT)
        assert [message.key for message in queries.stopped()] == ["m1"]

        retry(message_id=dead.pk, by=cast.admin, at=AT)
        run_pending(AT)

    dead.refresh_from_db()
    assert (dead.state, dead.attempts, receiver.got) == ("sent", 1, [("m1", {})])
    with pytest.raises(Refused, match="没有停下"):
        retry(message_id=dead.pk, by=cast.admin, at=AT)


def test_giving_up_needs_a_reason_which_the_trail_keeps(cast, held):
    with pytest.raises(Invalid, match="为什么"):
        cancel(message_id=held[0].pk, by=cast.admin, at=AT, reason=" ")

    cancel(message_id=held[0].pk, by=cast.admin, at=AT, reason="客户已到店")

    held[0].refresh_from_db()
    assert held[0].state == "cancelled"
    row = AuditEntry.objects.get(code="outbox.cancelled")
    assert (row.reason, row.changes) == ("客户已到店", {"state": ["held", "cancelled"]})


@pytest.mark.parametrize("person", ["service", "manager", "director"])
def test_others_may_not_and_nothing_changes(cast, held, person):
    by = getattr(cast, person)
    with connected("test"):
        for attempt in (
            lambda: retry(message_id=held[0].pk, by=by, at=AT),
            lambda: cancel(message_id=held[0].pk, by=by, at=AT, reason="x"),
            lambda: release(channel="test", by=by, at=AT),
        ):
            with pytest.raises(Forbidden):
                attempt()

    assert queries.counts() == {"held": 2}


def test_an_unknown_message_is_out_of_scope(cast):
    with pytest.raises(OutOfScope):
        cancel(message_id=10**9, by=cast.admin, at=AT, reason="x")


def test_what_a_dead_worker_had_claimed_is_not_sent_again_once_it_is_withdrawn(cast):
    with connected("test") as receiver:
        claimed = stored(AT, channel="test", key="m1", payload={"body": "482913", "secret": True}, customer_id=7)
        other = stored(AT, channel="test", key="m2", payload={}, customer_id=8)
        delivery._claim(claimed.pk, AT)
        assert action(withdraw)(customer_id=7, reason="不再联系", by=cast.admin, at=AT) == 1
        delivery.sweep(at=AT + timedelta(minutes=5))
        run_pending(AT + timedelta(minutes=5))

    claimed.refresh_from_db()
    assert (claimed.state, claimed.payload) == ("cancelled", {"secret": True})
    assert [key for key, _payload in receiver.got] == [other.key]
