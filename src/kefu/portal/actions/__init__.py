"""Verbs of the customers' own pages."""

from kefu.portal.actions.door import forget_visits, knock, leave, prove
from kefu.portal.actions.waiting import decline_kept_time, stop_waiting, take_kept_time, wait_for_time
from kefu.portal.actions.wishes import cancel_visit, request_visit, take_offer, withdraw_request

__all__ = [
    "cancel_visit",
    "decline_kept_time",
    "forget_visits",
    "knock",
    "leave",
    "prove",
    "request_visit",
    "stop_waiting",
    "take_kept_time",
    "take_offer",
    "wait_for_time",
    "withdraw_request",
]
