"""Verbs on purchases."""

from kefu.sales.actions.delivery import dispatch
from kefu.sales.actions.lists import Prescribed, cancel, enter_lines, prescribe, sign
from kefu.sales.actions.preferences import end_preference, note_preference
from kefu.sales.actions.reserving import reserve_missing
from kefu.sales.actions.reversing import Back, reverse, take_back, withdraw
from kefu.sales.actions.settling import settle
from kefu.sales.actions.undelivered import take_undelivered
from kefu.sales.quantities import Line

__all__ = [
    "Back",
    "Line",
    "Prescribed",
    "cancel",
    "dispatch",
    "end_preference",
    "enter_lines",
    "note_preference",
    "prescribe",
    "reserve_missing",
    "reverse",
    "settle",
    "sign",
    "take_back",
    "take_undelivered",
    "withdraw",
]
