"""Verbs on purchases."""

from kefu.sales.actions.delivery import dispatch, take_back
from kefu.sales.actions.lists import Line, Prescribed, cancel, enter_lines, prescribe, sign
from kefu.sales.actions.preferences import end_preference, note_preference

__all__ = [
    "Line",
    "Prescribed",
    "cancel",
    "dispatch",
    "end_preference",
    "enter_lines",
    "note_preference",
    "prescribe",
    "sign",
    "take_back",
]
