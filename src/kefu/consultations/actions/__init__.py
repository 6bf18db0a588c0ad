"""Verbs over consultations."""

from kefu.consultations.actions.drafts import autosave, discard, hand_over, start
from kefu.consultations.actions.saving import conduct, correct, save

__all__ = ["autosave", "conduct", "correct", "discard", "hand_over", "save", "start"]
