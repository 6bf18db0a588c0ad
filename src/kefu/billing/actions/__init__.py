"""Verbs of billing: charges and the money taken for them."""

from kefu.billing.actions.charges import cancel_charge, record_charge
from kefu.billing.actions.desks import open_desk
from kefu.billing.actions.payments import take_payment, void_payment

__all__ = ["cancel_charge", "open_desk", "record_charge", "take_payment", "void_payment"]
