"""Reads of billing: charges, what of them is owed, the money taken and given back."""

from kefu.billing.queries.charges import charges_of, due_charge, total_due
from kefu.billing.queries.owing import Account, Owing, paid_on, reversed_of, standing_of
from kefu.billing.queries.payments import Takings, default_desk, desks_of, payments_listed, places_with_desks, takings
from kefu.billing.queries.refunds import Refundable, over_of, refundable, refunds_listed, refunds_of, refunds_paid

__all__ = [
    "Account", "Owing", "Refundable", "Takings", "charges_of", "default_desk", "desks_of", "due_charge", "over_of", "paid_on", "payments_listed", "places_with_desks", "refundable", "refunds_listed", "refunds_of", "refunds_paid", "reversed_of", "standing_of", "takings", "total_due",
]  # fmt: skip
