"""Facts about consultations that modules above may subscribe to."""

from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User


@dataclass(frozen=True)
class ConsultationSaved:
    """The doctor saved an interview; the customer has an archive number now (CUS-004)."""

    consultation_id: int
    customer_id: int
    by: User
    at: datetime


@dataclass(frozen=True)
class ConsultationCorrected:
    """A saved interview was replaced by a corrected one; `consultation_id` is the new one."""

    consultation_id: int
    corrected_id: int
    customer_id: int
    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class ConsultationHandedOver:
    """A draft went to another doctor, who finishes it."""

    consultation_id: int
    customer_id: int
    taker_id: int
    reason: str
    by: User
    at: datetime
