"""Tables of billing."""

from kefu.billing.models.charges import Charge
from kefu.billing.models.payments import Desk, Payment, PaymentLine

__all__ = ["Charge", "Desk", "Payment", "PaymentLine"]
