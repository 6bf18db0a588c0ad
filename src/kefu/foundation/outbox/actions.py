"""Putting messages into the outbox, and deciding about those that could not leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.jobs.defer import defer
from kefu.foundation.outbox import guards
from kefu.foundation.outbox.choices import STOPPED, State
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.permissions import OutboxPermission
from kefu.foundation.outbox.rules import forgotten, kept
from kefu.foundation.outbox.transports import transport
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import User


@within_action
def put(
    *,
    channel: str,
    key: str,
    payload: dict[str, Any],
    at: datetime,
    subject: Subject | None = None,
    customer_id: int | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboxMessage:
    """Write a message in the caller's transaction; it leaves after the commit, from `not_before` on, and never after
    `expires_at`. A key that is there already is not written again. The `body` of a payload marked `secret` is forgotten
    once the message has left or is given up."""
    with transaction.atomic():
        message, made = OutboxMessage.objects.get_or_create(
            key=key,
            defaults={
                "channel": channel,
                "payload": payload,
                "next_try_at": not_before or at,
                "created_at": at,
                "expires_at": expires_at,
                "subject_kind": subject.kind if subject else "",
                "subject_id": subject.id if subject else None,
                "customer_id": customer_id,
            },
        )
        if made:
            _enqueue(message, not_before)
    return message


@action
def retry(*, message_id: int, by: User, at: datetime) -> bool:
    """Send a held or dead message after all, with fresh attempts. Answers whether it leaves: what must not any more is given up (SEC-001).

    Raises Refused `not_stopped`, `no_transport` or `forgotten`, OutOfScope for an unknown message.
    """
    require(by, OutboxPermission.MANAGE)
    if reason := guards.withheld([message_id]).get(message_id):
        _give_up(_stopped(message_id), reason, by, at)
        return False
    message = reopen(message_id=message_id, at=at)
    record(
        "outbox.retried", by=by, at=at, subject=Subject("outbox.message", message.pk), customer_id=message.customer_id
    )
    return True


@within_action
def reopen(*, message_id: int, at: datetime, to: str = "") -> OutboxMessage:
    """Put a stopped message on its way again with the same words, to its own address or `to`. Whoever calls checks the right.

    What had been taken and failed later goes with a new key, so that the other side does not drop it as a repetition.
    Raises as `retry`.
    """
    message = _stopped(message_id)
    if transport(message.channel) is None:
        raise Refused("no_transport", _("这个渠道还没有开通，暂时发不出去。"))
    if forgotten(message.payload):
        raise Refused("forgotten", _("这条消息的内容发出后已按规定删除，不能重发，请重新生成。"))
    if to:
        message.payload = message.payload | {"to": to}
    _reopen(message, at)
    return message


@action
def cancel(*, message_id: int, by: User, at: datetime, reason: str) -> None:
    """Give a held or dead message up for good.

    Raises Refused `not_stopped`, Invalid without a reason, OutOfScope for an unknown message.
    """
    require(by, OutboxPermission.MANAGE)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明为什么不发了。"))
    _give_up(_stopped(message_id), reason.strip(), by, at)


@action
def release(*, channel: str, by: User, at: datetime) -> int:
    """Send everything held for a channel that is open now; what has expired or must not leave any more is cancelled on the way (SEC-001).
    Answers how many leave.

    Raises Refused `no_transport` while the channel is still closed.
    """
    require(by, OutboxPermission.MANAGE)
    if transport(channel) is None:
        raise Refused("no_transport", _("这个渠道还没有开通，暂时发不出去。"))
    waiting = list(OutboxMessage.objects.filter(channel=channel, state=State.HELD).values_list("pk", flat=True))
    withheld = guards.withheld(waiting)
    held = list(
        OutboxMessage.objects.select_for_update(no_key=True).filter(pk__in=waiting, state=State.HELD).order_by("pk")
    )
    for message in held:
        if message.pk in withheld:
            _give_up(message, withheld[message.pk], by, at)
        else:
            _reopen(message, at)
    released = sum(message.pk not in withheld for message in held)
    if released:
        record("outbox.released", by=by, at=at, changes={"channel": (None, channel), "count": (0, released)})
    elif not held:
        nothing_changed()
    return released


@within_action
def withdraw(*, customer_id: int | None, only: Iterable[int] | None = None, reason: str, by: User, at: datetime) -> int:
    """Give up everything for a customer that has not left yet, or of it `only` these; None: of what goes to nobody's file. Answers how many.

    One on its way at this moment counts as sent if it arrives, and is not tried again if it does not.
    """
    waiting = OutboxMessage.objects.filter(customer_id=customer_id, state__in=(State.PENDING, State.SENDING, *STOPPED))
    if only is not None:
        waiting = waiting.filter(pk__in=only)
    found = list(waiting.select_for_update(no_key=True).order_by("pk"))
    for message in found:
        message.state, message.payload = State.CANCELLED, kept(message.payload)
        message.save(update_fields=["state", "payload"])
        record("outbox.cancelled", by=by, at=at, subject=Subject("outbox.message", message.pk), customer_id=customer_id,
               reason=reason, changes={"state": ("waiting", State.CANCELLED.value)})  # fmt: skip
    return len(found)


@within_action
def adopt(*, subject: Subject, customer_id: int) -> None:
    """What went to nobody's file about a record belongs to the customer it turned out to be of, and goes with her file (SEC-001)."""
    ours = OutboxMessage.objects.filter(subject_kind=subject.kind, subject_id=subject.id, customer_id__isnull=True)
    ours.update(customer_id=customer_id)


@within_action
def forget(*, keys: str, before: datetime) -> int:
    """Empty address and words of messages to nobody's file whose key begins with `keys`; what still waits is given up. Answers how many."""
    old = OutboxMessage.objects.filter(key__startswith=keys, customer_id__isnull=True, created_at__lt=before)
    waiting = old.filter(state__in=(State.PENDING, *STOPPED))
    waiting.update(state=State.CANCELLED)
    return old.exclude(state=State.SENDING).exclude(payload={}).update(payload={})


def _stopped(message_id: int) -> OutboxMessage:
    message = OutboxMessage.objects.select_for_update(no_key=True).filter(pk=message_id).first()
    if message is None:
        raise OutOfScope()
    if message.state not in STOPPED:
        raise Refused("not_stopped", _("这条消息没有停下，不用处理。"))
    return message


def _give_up(message: OutboxMessage, reason: str, by: User, at: datetime) -> None:
    before = message.state
    message.state, message.payload = State.CANCELLED, kept(message.payload)
    message.save(update_fields=["state", "payload"])
    record(
        "outbox.cancelled", by=by, at=at, subject=Subject("outbox.message", message.pk), customer_id=message.customer_id,
        reason=reason, changes={"state": (before, State.CANCELLED.value)},
    )  # fmt: skip


def _reopen(message: OutboxMessage, at: datetime) -> None:
    leaves = guards.leaves_at(message, at)
    if message.sent_at is not None:
        message.resends += 1
    message.state, message.attempts, message.next_try_at, message.last_error = State.PENDING, 0, leaves, ""
    message.sent_at, message.references = None, []
    message.save()
    _enqueue(message, leaves if leaves > at else None)


def _enqueue(message: OutboxMessage, not_before: datetime | None) -> None:
    defer("outbox.deliver", schedule_at=not_before, message_id=message.pk)
