"""Facts about follow-ups for the modules above."""

from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User


@dataclass(frozen=True)
class ContactMade:
    """A planned contact took place: the customer was reached."""

    follow_up_id: int
    customer_id: int
    by: User
    at: datetime
