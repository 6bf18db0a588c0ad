"""What messaging tells the modules above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SentInstead:
    """A message that WeChat turned away went by another way: `message_id` stands for `instead_of_id` from now on."""

    message_id: int
    instead_of_id: int
    at: datetime
