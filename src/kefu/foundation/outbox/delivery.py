"""Sending: claim in one transaction, send outside of any, settle in another.

A worker that dies between claim and settlement leaves the message `sending`; once the lease is over it is sent again with
the same key. So a receiver that honours keys sees each message once, and one that reports by key is asked first.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from kefu.foundation.events.bus import announce
from kefu.foundation.jobs.defer import defer
from kefu.foundation.outbox import guards
from kefu.foundation.outbox.choices import EXPIRED, LEFT, STOPPED, State
from kefu.foundation.outbox.events import MessageStopped, MessageTaken
from kefu.foundation.outbox.limits import ATTEMPTS, FIRST_WAIT, LONGEST_WAIT
from kefu.foundation.outbox.models import DeliveryReceipt, OutboxMessage
from kefu.foundation.outbox.rules import kept, wait_before_retry, wire_key
from kefu.foundation.outbox.transports import (
    NotReadyError,
    PermanentError,
    Taken,
    TransientError,
    Transport,
    transport,
)

log = logging.getLogger("kefu.outbox")
LEASE = timedelta(seconds=60)  # longer than any transport may take
FORGOTTEN = timedelta(minutes=2)  # a due message this late has lost its job
SWEPT = 500


@dataclass(frozen=True)
class _Attempt:
    """How an attempt ended."""

    state: State
    error: str = ""
    taken: Taken | None = None
    no_such_address: bool = False


def deliver(*, message_id: int, at: datetime) -> None:
    """Make one attempt for a message that is due; does nothing when it is not, or somebody else is at it."""
    message = _claim(message_id, at)
    if message is None:
        return
    send = transport(message.channel)
    if send is None:
        _settle(message, at, _Attempt(State.HELD, f"no transport for {message.channel}"))
        return
    ended = _attempt(send, message)
    if ended.state == State.PENDING and message.attempts >= ATTEMPTS.on(at):
        ended = _Attempt(State.DEAD, ended.error)
    _settle(message, at, ended)


def sweep(*, at: datetime) -> int:
    """Enqueue due messages whose job got lost and those whose worker died while sending. Answers how many."""
    lost = Q(state=State.PENDING, next_try_at__lte=at - FORGOTTEN) | Q(state=State.SENDING, claimed_at__lte=at - LEASE)
    found = list(OutboxMessage.objects.filter(lost).order_by("next_try_at").values_list("pk", flat=True)[:SWEPT])
    for message_id in found:
        defer("outbox.deliver", queueing_lock=f"outbox:{message_id}", message_id=message_id)
    return len(found)


@transaction.atomic
def _claim(message_id: int, at: datetime) -> OutboxMessage | None:
    due = Q(state=State.PENDING, next_try_at__lte=at) | Q(state=State.SENDING, claimed_at__lte=at - LEASE)
    message = OutboxMessage.objects.select_for_update(skip_locked=True, no_key=True).filter(due, pk=message_id).first()
    if message is None:
        return None
    leaves = guards.leaves_at(message, at)
    if message.expires_at and message.expires_at <= leaves:
        message.state, message.last_error, message.payload = State.CANCELLED, EXPIRED, kept(message.payload)
        message.save(update_fields=["state", "last_error", "payload"])
        return None
    if message.state == State.SENDING and _arrived(message):
        message.state, message.sent_at, message.payload = State.SENT, at, kept(message.payload)
        message.save(update_fields=["state", "sent_at", "payload"])
        announce(MessageTaken(message.pk, message.via, None, at))
        return None
    if leaves > at:
        _put_off(message, leaves)
        return None
    message.state, message.claimed_at, message.attempts = State.SENDING, at, message.attempts + 1
    message.save(update_fields=["state", "claimed_at", "attempts"])
    return message


def _put_off(message: OutboxMessage, leaves: datetime) -> None:
    """Found only now, at an hour at which nobody is disturbed: it waits for the end of it, before it is tried."""
    message.state, message.next_try_at = State.PENDING, leaves
    message.save(update_fields=["state", "next_try_at"])
    defer("outbox.deliver", schedule_at=leaves, message_id=message.pk)


def _arrived(message: OutboxMessage) -> bool:
    """Whether a receipt proves that the attempt whose worker died had been taken: then it needs no other."""
    reference = wire_key(message.key, message.resends)
    return DeliveryReceipt.objects.filter(channel=message.channel, reference=reference).exists()


def _attempt(send: Transport, message: OutboxMessage) -> _Attempt:
    try:
        taken = send(message.payload, wire_key(message.key, message.resends))
    except PermanentError as error:
        return _Attempt(State.DEAD, str(error), no_such_address=error.no_such_address)
    except NotReadyError as error:
        return _Attempt(State.HELD, str(error))
    except TransientError as error:
        return _Attempt(State.PENDING, str(error))
    except Exception as error:
        log.exception("transport of %s broke on message %s", message.channel, message.pk)
        return _Attempt(State.PENDING, f"{type(error).__name__}: {error}")
    return _Attempt(State.SENT, taken=taken or Taken(via=""))


@transaction.atomic
def _settle(claimed: OutboxMessage, at: datetime, ended: _Attempt) -> None:
    """Write the outcome, unless the lease ran out and somebody else has taken the message over without our success."""
    message = OutboxMessage.objects.select_for_update(no_key=True).get(pk=claimed.pk)
    overtaken = message.state != State.SENDING or message.attempts != claimed.attempts
    if overtaken and (ended.state != State.SENT or message.state in LEFT):
        return
    message.state, message.last_error = ended.state, ended.error[:500]
    if ended.taken is not None:
        message.sent_at, message.payload = at, kept(message.payload)
        message.via, message.references = ended.taken.via, list(ended.taken.references)
    elif ended.state == State.PENDING:
        _try_later(message, at)
    message.save(update_fields=["state", "last_error", "payload", "sent_at", "next_try_at", "via", "references"])
    if ended.taken is not None:
        announce(MessageTaken(message.pk, ended.taken.via, ended.taken.parts, at))
    if ended.state in STOPPED:
        announce(
            MessageStopped(
                message.pk, message.channel, ended.state.value, message.last_error, at, ended.no_such_address
            )
        )


def _try_later(message: OutboxMessage, at: datetime) -> None:
    first, longest = timedelta(seconds=FIRST_WAIT.on(at)), timedelta(seconds=LONGEST_WAIT.on(at))
    again = at + wait_before_retry(message.attempts, first=first, longest=longest)
    message.next_try_at = guards.leaves_at(message, again)
    defer("outbox.deliver", schedule_at=message.next_try_at, message_id=message.pk)
