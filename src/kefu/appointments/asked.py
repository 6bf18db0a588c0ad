"""Who asks for a visit, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kefu.appointments.models import Appointment
from kefu.customers.models import Customer
from kefu.organisation.models import Node, User


@dataclass(frozen=True)
class Asker:
    """A customer, or what somebody says of himself or herself who is not in the archive yet; `phone` is where the request came from."""

    customer: Customer | None = None
    name: str = ""
    sex: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Wish:
    """What for, where, and as far as it was said with whom and when; `words` are the customer's own. `about`: another time of that visit."""

    type: str
    node: Node
    doctor: User | None = None
    start: datetime | None = None
    words: str = ""
    about: Appointment | None = None
