"""What the outbox tells the modules above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MessageTaken:
    """The other side has taken a message; `parts` is how many text messages it counts, None where its answer got lost and only a receipt
    proves it."""

    message_id: int
    via: str
    parts: int | None
    at: datetime


@dataclass(frozen=True)
class MessageStopped:
    """A message was held (no channel, something to set up) or failed for good (`state` is `held` or `dead`), at once or by a later
    receipt, and waits for a person. `no_such_address`: the other side knows no such number, mailbox or follower."""

    message_id: int
    channel: str
    state: str
    reason: str
    at: datetime
    no_such_address: bool = False
