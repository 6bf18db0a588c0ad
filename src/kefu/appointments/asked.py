"""Who asks for a visit or waits for one, and what for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

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


@dataclass(frozen=True)
class WaitWish:
    """What somebody on the waitlist waits for: the days, and as far as it was said the doctor, the parts of the day, the hour."""

    type: str
    node: Node
    first: date
    last: date
    doctor: User | None = None
    parts: Sequence[str] = ()
    hour: time | None = None
