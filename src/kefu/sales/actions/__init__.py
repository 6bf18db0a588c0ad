"""Verbs on purchases."""

from kefu.sales.actions.delivery import dispatch, take_back
from kefu.sales.actions.lists import Line, Prescribed, cancel, enter_lines, prescribe, sign

__all__ = ["Line", "Prescribed", "cancel", "dispatch", "enter_lines", "prescribe", "sign", "take_back"]
