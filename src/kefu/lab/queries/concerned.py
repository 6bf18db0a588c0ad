"""Who is concerned with an order's reports."""

from __future__ import annotations

from kefu.foundation.access.queries import colleagues_with
from kefu.lab.models import Order
from kefu.organisation.models import User

AT_MOST = 20  # colleagues of the consulting department rung for one report


def concerned(order: Order) -> list[User]:
    """The doctor of the order, and the customer's own doctor and health manager (LAB-008)."""
    people = (order.doctor, order.customer.doctor, order.customer.health_manager)
    return list({user.pk: user for user in people if user is not None}.values())


def consulting(order: Order) -> list[User]:
    """Those of the consulting department who look after the order's centre."""
    return list(colleagues_with("consulting", order.node_id)[:AT_MOST])
