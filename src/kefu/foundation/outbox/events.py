"""What the outbox tells the modules above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MessageStopped:
    """A message was held (no channel) or given up (`state` is `held` or `dead`) and waits for a person."""

    message_id: int
    channel: str
    state: str
    reason: str
    at: datetime
