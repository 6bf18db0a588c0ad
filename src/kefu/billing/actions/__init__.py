"""Verbs of billing: charges, the money taken for them and the money given back."""

from kefu.billing.actions.charges import cancel_charge, record_charge, reverse_charge
from kefu.billing.actions.desks import open_desk
from kefu.billing.actions.payments import take_payment, void_payment
from kefu.billing.actions.refunds import ask_over, ask_refund, pay_refund

__all__ = [
    "ask_over",
    "ask_refund",
    "cancel_charge",
    "open_desk",
    "pay_refund",
    "record_charge",
    "reverse_charge",
    "take_payment",
    "void_payment",
]
