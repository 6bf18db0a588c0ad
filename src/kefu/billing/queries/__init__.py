"""Reads of billing: charges, what of them is owed, the money taken and given back."""

from kefu.billing.queries.charges import charges_of, due_charge, total_due
from kefu.billing.queries.closes import (
    business_day,
    closes_listed,
    closes_to_confirm,
    day_is_open,
    day_to_close,
    desks_closed_by,
    desks_to_close,
    expected_of,
    float_of,
    keeps_books,
    receipt_numbers,
    unfinished,
)
from kefu.billing.queries.consumption import Consumption, consumption_of
from kefu.billing.queries.owing import Account, Owing, paid_on, reversed_of, standing_of
from kefu.billing.queries.payments import Takings, default_desk, desks_of, payments_listed, places_with_desks, takings
from kefu.billing.queries.refunds import Refundable, over_of, refundable, refunds_listed, refunds_of, refunds_paid

__all__ = [
    "Account", "Consumption", "Owing", "Refundable", "Takings", "business_day", "charges_of", "closes_listed", "closes_to_confirm", "consumption_of", "day_is_open", "day_to_close", "default_desk", "desks_closed_by", "desks_of", "desks_to_close", "due_charge", "expected_of", "float_of", "keeps_books", "over_of", "paid_on", "payments_listed", "places_with_desks", "receipt_numbers", "refundable", "refunds_listed", "refunds_of", "refunds_paid", "reversed_of", "standing_of", "takings", "total_due", "unfinished",
]  # fmt: skip
