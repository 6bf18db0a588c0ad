"""Reads of follow-ups."""

from __future__ import annotations

from datetime import date, datetime, time

from kefu.customers.models import Customer
from kefu.followup.limits import TIME_OF_DAY
from kefu.followup.models import FollowUp, FollowUpQuerySet
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.lab.models import OrderItem
from kefu.lab.models.reports import Handover
from kefu.organisation.models import User
from kefu.products.models import TestItem


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


def receipt_of(order_id: int) -> date | None:
    """The day on which the customer received an order's paper report, as last recorded; None while it is not known."""
    last = Handover.objects.filter(report__order_id=order_id).order_by("-pk").first()
    return last.received_on if last else None


def cycles_of(order_id: int) -> list[tuple[TestItem, int]]:
    """Test item and cycle in months of an order's items that are to be repeated (LAB-010)."""
    lines = OrderItem.objects.filter(order_id=order_id, removed_in__isnull=True, item__repeat_months__isnull=False)
    items = [line.item for line in lines.select_related("item").order_by("position")]
    return [(item, item.repeat_months) for item in items if item.repeat_months]
