"""Tables of billing."""

from kefu.billing.models.charges import Charge
from kefu.billing.models.closes import CloseCash, CloseLine, DayClose
from kefu.billing.models.payments import Desk, Payment, PaymentLine
from kefu.billing.models.refunds import Refund, RefundLine

__all__ = [
    "Charge",
    "CloseCash",
    "CloseLine",
    "DayClose",
    "Desk",
    "Payment",
    "PaymentLine",
    "Refund",
    "RefundLine",
]
