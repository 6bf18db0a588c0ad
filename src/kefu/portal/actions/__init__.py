"""Verbs of the customers' own pages."""

from kefu.portal.actions.door import forget_visits, knock, leave, prove
from kefu.portal.actions.wishes import cancel_visit, request_visit, take_offer, withdraw_request

__all__ = [
    "cancel_visit",
    "forget_visits",
    "knock",
    "leave",
    "prove",
    "request_visit",
    "take_offer",
    "withdraw_request",
]
