"""What the other side reports after it has taken a message: it arrived, or it did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.events.bus import announce
from kefu.foundation.outbox.choices import LEFT, STOPPED, Outcome, State
from kefu.foundation.outbox.events import MessageStopped, MessageTaken
from kefu.foundation.outbox.models import DeliveryReceipt, OutboxMessage
from kefu.foundation.outbox.rules import kept, own_key, wire_key
from kefu.organisation.models import User

EXPECTED = timedelta(days=3)  # a receipt that nobody's message matches by then stays as it is
MATCHED = 500


@dataclass(frozen=True)
class Report:
    """One report as the other side made it: about which reference (its own number, or the key it got), what became of it."""

    reference: str
    delivered: bool
    happened_at: datetime
    code: str = ""
    no_such_address: bool = False


@action
def receive(*, channel: str, reports: list[Report], by: User | None, at: datetime) -> int:
    """Keep reports of the other side, each once, and let the messages know. Answers how many were new (NFR-002).

    A report that comes before its message is settled is kept and matched by the sweep. Whoever calls has made sure that the other
    side is who it says.
    """
    fresh = 0
    for report in reports:
        receipt, made = DeliveryReceipt.objects.get_or_create(
            channel=channel,
            reference=report.reference,
            outcome=Outcome.DELIVERED if report.delivered else Outcome.FAILED,
            defaults={
                "code": report.code[:60],
                "no_such_address": report.no_such_address,
                "happened_at": report.happened_at,
                "at": at,
                "look_at": at,
            },
        )
        if made:
            fresh += 1
            if not _match(receipt, by, at):
                record("outbox.receipt.early", by=by, at=at, subject=Subject("outbox.receipt", receipt.pk))
    if not fresh:
        nothing_changed()
    return fresh


@action
def match_early(*, by: User | None, at: datetime) -> int:
    """Give receipts that came before their message was settled to it. Answers how many found theirs.

    So many at a time, first those that were looked at longest ago: strangers' receipts keep nobody else's waiting, and are left once they are old.
    """
    early = list(to_match()[:MATCHED])
    found = sum(_match(receipt, by, at) for receipt in early)
    left = DeliveryReceipt.objects.filter(pk__in=[receipt.pk for receipt in early], message=None)
    left.filter(at__lt=at - EXPECTED).update(look_at=None)
    left.filter(at__gte=at - EXPECTED).update(look_at=at)
    if not found:
        nothing_changed()
    return found


def to_match() -> QuerySet[DeliveryReceipt]:
    """Receipts whose message is still looked for, those looked at longest ago first."""
    return DeliveryReceipt.objects.filter(look_at__isnull=False).order_by("look_at", "pk")


def _match(receipt: DeliveryReceipt, by: User | None, at: datetime) -> bool:
    message = _message_of(receipt)
    if message is None:
        return False
    receipt.message, receipt.look_at = message, None
    receipt.save(update_fields=["message", "look_at"])
    record(
        "outbox.receipt", by=by, at=at, subject=Subject("outbox.message", message.pk), customer_id=message.customer_id,
        changes={"outcome": (None, receipt.outcome)}, reason=receipt.code,
    )  # fmt: skip
    if _speaks_of_this_sending(receipt, message):
        _apply(receipt, message, at)
    return True


def _message_of(receipt: DeliveryReceipt) -> OutboxMessage | None:
    key, _resends = own_key(receipt.reference)
    return (
        OutboxMessage.objects.select_for_update(no_key=True)
        .filter(Q(references__contains=[receipt.reference]) | Q(key=key), channel=receipt.channel)
        .exclude(state=State.SENDING)
        .order_by("-pk")
        .first()
    )


def _speaks_of_this_sending(receipt: DeliveryReceipt, message: OutboxMessage) -> bool:
    """An old receipt says nothing of what was sent again since."""
    return receipt.reference in {*message.references, wire_key(message.key, message.resends)}


def _apply(receipt: DeliveryReceipt, message: OutboxMessage, at: datetime) -> None:
    """One failed part fails the message; it is delivered when the whole, or each part, is. Of an attempt whose answer was lost the
    receipt proves that it had been taken, also where it was given up since."""
    if message.state in {State.PENDING, *STOPPED} and message.attempts and message.sent_at is None:
        message.state, message.sent_at, message.payload = State.SENT, at, kept(message.payload)
        message.save(update_fields=["state", "sent_at", "payload"])
        announce(MessageTaken(message.pk, message.via, None, at))
    if message.state not in LEFT:
        return
    if receipt.outcome == Outcome.FAILED:
        message.state, message.last_error = State.DEAD, receipt.code
        message.save(update_fields=["state", "last_error"])
        announce(
            MessageStopped(
                message.pk, message.channel, State.DEAD.value, receipt.code, at, no_such_address=receipt.no_such_address
            )
        )
        return
    arrived = set(message.receipts.filter(outcome=Outcome.DELIVERED).values_list("reference", flat=True))
    whole = wire_key(message.key, message.resends) in arrived
    if whole or (message.references and arrived.issuperset(message.references)):
        message.state = State.DELIVERED
        message.save(update_fields=["state"])
