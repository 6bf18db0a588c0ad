"""Facts about purchases for the modules above."""

from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User


@dataclass(frozen=True)
class PurchasePrescribed:
    """A doctor prescribed products with intake."""

    purchase_id: int
    customer_id: int
    by: User
    at: datetime


@dataclass(frozen=True)
class PurchaseSigned:
    """The customer signed the list: the purchase is ordered."""

    purchase_id: int
    customer_id: int
    by: User
    at: datetime


@dataclass(frozen=True)
class PurchaseCancelled:
    """A purchase was given up before its dispatch."""

    purchase_id: int
    customer_id: int
    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class PurchaseDispatched:
    """The goods have left the centre's warehouse."""

    purchase_id: int
    customer_id: int
    by: User
    at: datetime


@dataclass(frozen=True)
class PurchaseReturned:
    """Dispatched goods came back."""

    purchase_id: int
    customer_id: int
    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class SuppliesChanged:
    """What a customer has of a purchase changed without all of it leaving or coming back: a part left, or a part came back."""

    purchase_id: int
    customer_id: int
    by: User
    at: datetime
