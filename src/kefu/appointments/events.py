"""Facts about appointments for the modules above."""

from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User


@dataclass(frozen=True)
class AppointmentBooked:
    """A slot was taken."""

    appointment_id: int
    customer_id: int
    by: User
    at: datetime


@dataclass(frozen=True)
class AppointmentMoved:
    """A booking moved to another time."""

    appointment_id: int
    customer_id: int
    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class AppointmentEnded:
    """A booking was cancelled, kept, missed or completed: `status` says which."""

    appointment_id: int
    customer_id: int
    status: str
    reason: str
    by: User
    at: datetime
