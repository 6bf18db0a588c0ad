"""Reads of follow-ups."""

from kefu.followup.queries.follow_ups import cycles_of, due_moment, end_of, mine_due, open_for, receipt_of

__all__ = ["cycles_of", "due_moment", "end_of", "mine_due", "open_for", "receipt_of"]
