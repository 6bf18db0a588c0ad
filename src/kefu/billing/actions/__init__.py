"""Verbs of billing: charges, the money taken for them and the money given back, the day of a desk, prepaid packages."""

from kefu.billing.actions.charges import cancel_charge, record_charge, reverse_charge
from kefu.billing.actions.closing import Counted, close_day, confirm_close, reopen_day
from kefu.billing.actions.desks import open_desk
from kefu.billing.actions.freezing import freeze, thaw
from kefu.billing.actions.payments import take_payment, void_payment
from kefu.billing.actions.prepaid import counter, deduct, sell_prepaid
from kefu.billing.actions.prepaid_care import handle_low
from kefu.billing.actions.prepaid_refunds import refund_units, return_units
from kefu.billing.actions.refunds import ask_over, ask_refund, drop_refund, pay_refund
from kefu.billing.actions.transferring import transfer
from kefu.billing.actions.weeks import Found, confirm_week, drop_week, reconcile_week

__all__ = [
    "Counted",
    "Found",
    "ask_over",
    "ask_refund",
    "cancel_charge",
    "close_day",
    "confirm_close",
    "confirm_week",
    "counter",
    "deduct",
    "drop_refund",
    "drop_week",
    "freeze",
    "handle_low",
    "open_desk",
    "pay_refund",
    "reconcile_week",
    "record_charge",
    "refund_units",
    "reopen_day",
    "return_units",
    "reverse_charge",
    "sell_prepaid",
    "take_payment",
    "thaw",
    "transfer",
    "void_payment",
]
