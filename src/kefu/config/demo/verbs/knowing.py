"""What colleagues know of a customer: how near a deal is, what to mind, whom he or she brought."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from kefu.config.demo.walk import Walk, verb
from kefu.customers.actions import flags, referrals, standing
from kefu.customers.actions.standing import Classified
from kefu.customers.choices import DealState, Demand, Importance


@verb
def track(
    walk: Walk, at: datetime, *, note: str, demand: str, days: int = 0, deal_state: str = "potential",
    importance: str = "ordinary", amount: int | None = None, reason: str = "", by: str = "manager",
) -> None:  # fmt: skip
    """What was learned, and how near a deal is: expected after so many days."""
    classes = Classified(
        demand=Demand(demand), expected_on=timezone.localdate(at) + timedelta(days=days) if days else None,
        deal_state=DealState(deal_state), importance=Importance(importance),
        closable_amount=None if amount is None else Decimal(amount),
    )  # fmt: skip
    standing.track(customer=walk.customer, note=note, classes=classes, reason=reason, by=walk.person(by), at=at)


@verb
def flag(walk: Walk, at: datetime, *, kind: str, reason: str, by: str = "manager") -> None:
    """Something colleagues must know before they deal with the customer."""
    flags.set_flag(customer=walk.customer, kind=kind, reason=reason, by=walk.person(by), at=at)


@verb
def brought(walk: Walk, at: datetime, *, whom: str, by: str = "manager") -> None:
    """The customer brought somebody who is registered."""
    referred, on = walk.others[whom].customer, timezone.localdate(at)
    referrals.refer(referrer=walk.customer, referred=referred, on=on, by=walk.person(by), at=at)
