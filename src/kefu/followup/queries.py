"""Reads of follow-ups."""

from __future__ import annotations

from datetime import date, datetime, time

from kefu.customers.models import Customer
from kefu.followup.limits import TIME_OF_DAY
from kefu.followup.models import FollowUp, FollowUpQuerySet
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import User


def due_moment(day: date, customer: Customer, at: datetime) -> datetime:
    """The configured time of day on a day."""
    return datetime.combine(day, time.fromisoformat(TIME_OF_DAY.on(at, node_id=customer.node_id)), SHANGHAI)


def end_of(day: date) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day, time.max, SHANGHAI)


def mine_due(user: User, until: datetime) -> FollowUpQuerySet:
    """What the user may and should contact until a moment, the earliest first."""
    rows = FollowUp.objects.visible_to(user).due(until)
    return rows.select_related("customer__node", "customer__health_manager", "taken_by")


def open_for(customer: Customer) -> FollowUpQuerySet:
    """Everything still planned for a customer."""
    return FollowUp.objects.filter(customer=customer, state="open").order_by("due_at")
