"""Many messages at once: a few statements for all, and they leave after whatever else waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kefu.foundation.audit.trail import Subject, within_action
from kefu.foundation.jobs.batches import defer_many
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.models import OutboxMessage


@dataclass(frozen=True)
class Parcel:
    """One message of many: by which channel, under which key, with what, to which customer."""

    channel: str
    key: str
    payload: dict[str, Any]
    customer_id: int


@within_action
def put_many(
    *, parcels: Sequence[Parcel], subject: Subject | None = None, not_before: datetime | None = None, expires_at: datetime | None = None,
    at: datetime,
) -> dict[str, OutboxMessage]:  # fmt: skip
    """Write the messages in the caller's transaction, by key; keys that are there already stay as they are and are left out."""
    known = set(OutboxMessage.objects.filter(key__in=[parcel.key for parcel in parcels]).values_list("key", flat=True))
    made = OutboxMessage.objects.bulk_create(
        OutboxMessage(
            channel=parcel.channel, key=parcel.key, payload=parcel.payload, customer_id=parcel.customer_id, next_try_at=not_before or at,
            created_at=at, expires_at=expires_at, subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else None,
        )
        for parcel in parcels
        if parcel.key not in known
    )  # fmt: skip
    defer_many("outbox.deliver", [{"message_id": message.pk} for message in made], schedule_at=not_before)
    return {message.key: message for message in made}


@within_action
def withdraw_many(*, only: Sequence[int]) -> int:
    """Give up those of the messages that have not left yet; answers how many. The caller's row in the trail says why.

    One on its way at this moment counts as sent if it arrives, and is not tried again if it does not. What failed stays failed.
    """
    waiting = OutboxMessage.objects.select_for_update(no_key=True).filter(
        pk__in=only, state__in=(State.PENDING, State.SENDING, State.HELD)
    )
    found = list(waiting.order_by("pk").values_list("pk", flat=True))
    return OutboxMessage.objects.filter(pk__in=found).update(state=State.CANCELLED)
