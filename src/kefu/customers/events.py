"""Facts about customers that modules above may subscribe to."""

from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User


@dataclass(frozen=True)
class LeadCreated:
    """A person was registered."""

    customer_id: int
    by: User
    at: datetime


@dataclass(frozen=True)
class ArchiveOpened:
    """A lead became a customer (CUS-001)."""

    customer_id: int
    by: User
    at: datetime


@dataclass(frozen=True)
class OwnerChanged:
    """Another doctor, health manager or centre is responsible (ORG-010)."""

    customer_id: int
    by: User
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class CustomerClosed:
    """The customer withdrew or was closed."""

    customer_id: int
    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class CustomerReopened:
    """A closed customer came back."""

    customer_id: int
    by: User
    at: datetime


@dataclass(frozen=True)
class CustomerDied:
    """The customer died: nothing goes out to him or her any more. `reason` is the sentence that says so."""

    customer_id: int
    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class CustomerRestricted:
    """The customer's data rests: it is kept and not used. `reason` is the sentence that says so."""

    customer_id: int
    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class ConsentWithdrawn:
    """The customer no longer agrees to one `ConsentScope` (SEC-001). `reason` is the sentence that says so."""

    customer_id: int
    scope: str
    reason: str
    by: User
    at: datetime
