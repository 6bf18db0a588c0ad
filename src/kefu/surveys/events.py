"""Facts about surveys for the modules above."""

from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User


@dataclass(frozen=True)
class ResponseRecorded:
    """A customer answered, or refused to."""

    response_id: int
    customer_id: int
    by: User
    at: datetime
