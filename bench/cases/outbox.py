"""A message leaves: claimed, handed to a side that takes no time, settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from time import time_ns

from bench.contests import Case, Contest
from bench.ground import Ground
from bench.limits import outbox_send
from kefu.foundation.outbox import delivery, transports
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.transports import Taken
from kefu.testing.cast import AT

CHANNEL = "bench"


def prepare(ground: Ground, calls: int) -> Sequence[Contest]:
    """Both send waiting messages of their own; those of earlier runs stay behind, as in a house that has sent for years."""
    transports.register(CHANNEL, lambda _payload, key: Taken(CHANNEL, (key,)))
    ours_ids, limit_ids = iter(_waiting(calls)), iter(_waiting(calls))

    def ours() -> None:
        delivery.deliver(message_id=next(ours_ids), at=AT)

    return [Contest(ours, lambda: outbox_send.send(ground.plain, next(limit_ids), AT))]


def _waiting(calls: int) -> list[int]:
    numbers = count(time_ns())
    made = OutboxMessage.objects.bulk_create(
        OutboxMessage(
            channel=CHANNEL, key=f"bench-{next(numbers)}", payload={"to": "10000000000", "body": "您好"}, created_at=AT,
            next_try_at=AT - timedelta(minutes=1),
        )
        for _call in range(calls)
    )  # fmt: skip
    return [message.pk for message in made]


SEND = Case("outbox.claim_send", "ms per message", 200, prepare)
