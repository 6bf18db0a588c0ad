"""Facts about stock for the modules above."""

from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User


@dataclass(frozen=True)
class ReservationLost:
    """Packs that were set aside for a record are no longer there: broken, miscounted or recalled."""

    subject_kind: str
    subject_id: int
    product_id: int
    packs: int
    by: User
    at: datetime
