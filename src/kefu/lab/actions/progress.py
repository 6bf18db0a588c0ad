"""Keeping the facts of an order and the status derived from them."""

from __future__ import annotations

from datetime import datetime

from kefu.customers.holding import hold
from kefu.customers.queries import HEAVY
from kefu.foundation.audit.trail import within_action
from kefu.lab.choices import OrderStatus, SampleState
from kefu.lab.models import Order
from kefu.lab.rules import Facts, stage
from kefu.organisation.models import User

MILESTONES = frozenset(
    {"signed_at", "kit_issued_at", "testing_since", "report_arrived_at", "released_at", "overall_at", "paper_at",
     "handed_over_at", "interpreted_at"}
)  # fmt: skip


@within_action
def locked(order: Order) -> Order:
    """The order's row held until commit after its customer, with centre, customer and their people: what every write begins with.

    Two small statements are planned faster than one that joins seven tables.
    """
    hold(order.customer_id)
    rows = Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "node")
    held = rows.defer(*(f"customer__{column}" for column in HEAVY)).get(pk=order.pk)
    customer = held.customer
    people = User.objects.in_bulk({held.doctor_id, customer.doctor_id, customer.health_manager_id} - {None})
    held.doctor = people[held.doctor_id]
    customer.doctor = people.get(customer.doctor_id)
    customer.health_manager = people.get(customer.health_manager_id)
    if customer.node_id == held.node_id:
        customer.node = held.node
    return held


@within_action
def progress(order: Order, **facts: datetime | None) -> None:
    """Set or unset milestones (`released_at=at`, `released_at=None`) of a locked order and derive its status anew."""
    unknown = facts.keys() - MILESTONES
    if unknown:
        raise TypeError(f"not milestones of an order: {sorted(unknown)}")
    for name, moment in facts.items():
        setattr(order, name, moment)
    order.status = OrderStatus(stage(_facts_of(order)))
    order.save(update_fields=[*facts, "status"])


def _facts_of(order: Order) -> Facts:
    """What the row and the samples say."""
    return Facts(
        cancelled=order.cancelled_at is not None,
        signed=order.signed_at is not None,
        kit_issued=order.kit_issued_at is not None,
        resampling=order.samples.filter(state=SampleState.AWAITED, replaces__isnull=False).exists(),
        testing=order.testing_since is not None,
        report_arrived=order.report_arrived_at is not None,
        released=order.released_at is not None,
        overall=order.overall_at is not None,
        paper=order.paper_at is not None,
        handed_over=order.handed_over_at is not None,
        interpreted=order.interpreted_at is not None,
    )
