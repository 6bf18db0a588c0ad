"""How a customer's value looks on his or her page: the tier in the head, the points and what they come from on the tab (CUS-017, CUS-018)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import cast

from kefu.customers.choices import Tier
from kefu.customers.models import Customer
from kefu.customers.queries.valuing import tier_changes, worth_of
from kefu.customers.valuing import registered_metrics
from kefu.organisation.models import User

CHANGES = 12


def tier_head(_user: User, customer: object, _at: datetime) -> dict[str, object]:
    """The tier for the head card."""
    worth = worth_of(cast(Customer, customer))
    return {"worth": worth, "is_vip": bool(worth and worth.tier == Tier.VIP)}


def worth_card(customer: Customer) -> dict[str, object]:
    """Tier, points, each metric as it was measured with its weight, and the changes of tier."""
    worth = worth_of(customer)
    return {
        "worth": worth,
        "measured": [
            (one.label, one.spoken(Decimal(worth.measured[one.code])), worth.run.standard["weights"].get(one.code))
            for one in registered_metrics()
            if one.code in worth.measured
        ]
        if worth
        else [],
        "tier_changes": tier_changes(customer)[:CHANGES],
    }
