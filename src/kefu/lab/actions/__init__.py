"""Writes of the laboratory, one function a verb."""

from kefu.lab.actions.changing import cancel_order, change_order
from kefu.lab.actions.consigning import consign_samples
from kefu.lab.actions.kits import issue_kit, issue_replacement_kit, take_back_kit
from kefu.lab.actions.orders import place_order
from kefu.lab.actions.printing import print_order
from kefu.lab.actions.samples import Finding, check_samples, undo_check
from kefu.lab.actions.signing import record_signature

__all__ = [
    "Finding",
    "cancel_order",
    "change_order",
    "check_samples",
    "consign_samples",
    "issue_kit",
    "issue_replacement_kit",
    "place_order",
    "print_order",
    "record_signature",
    "take_back_kit",
    "undo_check",
]
