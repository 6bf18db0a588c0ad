"""Planned contacts, greetings and pushes."""

from kefu.followup.models.follow_ups import FollowUp, FollowUpMove, FollowUpQuerySet
from kefu.followup.models.pushes import FestivalGreeting, Push, PushRecipient

__all__ = ["FestivalGreeting", "FollowUp", "FollowUpMove", "FollowUpQuerySet", "Push", "PushRecipient"]
