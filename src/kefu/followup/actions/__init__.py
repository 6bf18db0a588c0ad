"""Verbs on follow-ups."""

from kefu.followup.actions.contacts import log_contact, reschedule, stop, stop_all, take

__all__ = ["log_contact", "reschedule", "stop", "stop_all", "take"]
