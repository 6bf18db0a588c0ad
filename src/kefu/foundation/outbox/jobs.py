"""The jobs that carry messages out."""

from datetime import datetime

from kefu.foundation.jobs.registry import every, job
from kefu.foundation.outbox import delivery
from kefu.foundation.outbox.receipts import match_early


@job("outbox.deliver", queue="outbox")
def deliver(*, at: datetime, message_id: int) -> None:
    """Make one attempt for one message."""
    delivery.deliver(message_id=message_id, at=at)


@every("* * * * *", "outbox.sweep")
def sweep(*, at: datetime) -> None:
    """Pick up what lost its job or its worker, and receipts that came before their message was settled."""
    delivery.sweep(at=at)
    match_early(by=None, at=at)
