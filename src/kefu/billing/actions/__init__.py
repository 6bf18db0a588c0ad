"""Verbs of billing: charges, the money taken for them and the money given back, the day of a desk."""

from kefu.billing.actions.charges import cancel_charge, record_charge, reverse_charge
from kefu.billing.actions.closing import Counted, close_day, confirm_close, reopen_day
from kefu.billing.actions.desks import open_desk
from kefu.billing.actions.payments import take_payment, void_payment
from kefu.billing.actions.refunds import ask_over, ask_refund, drop_refund, pay_refund

__all__ = [
    "Counted",
    "ask_over",
    "ask_refund",
    "cancel_charge",
    "close_day",
    "confirm_close",
    "drop_refund",
    "open_desk",
    "pay_refund",
    "record_charge",
    "reopen_day",
    "reverse_charge",
    "take_payment",
    "void_payment",
]
