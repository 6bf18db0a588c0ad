"""Tables of billing."""

from kefu.billing.models.charges import Charge
from kefu.billing.models.closes import CloseCash, CloseLine, DayClose
from kefu.billing.models.payments import Desk, Payment, PaymentLine
from kefu.billing.models.prepaid import Prepaid, PrepaidEntry, PrepaidFreeze, PrepaidLow
from kefu.billing.models.refunds import Refund, RefundLine
from kefu.billing.models.weeks import PrepaidWeek, PrepaidWeekLine

__all__ = [
    "Charge",
    "CloseCash",
    "CloseLine",
    "DayClose",
    "Desk",
    "Payment",
    "PaymentLine",
    "Prepaid",
    "PrepaidEntry",
    "PrepaidFreeze",
    "PrepaidLow",
    "PrepaidWeek",
    "PrepaidWeekLine",
    "Refund",
    "RefundLine",
]
