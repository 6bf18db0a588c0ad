"""Which customers a person sees: whole nodes, or own customers and the unassigned pool (ORG-010, SEC-001)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.queries import access_of, scope
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User

POOL_RIGHT = CustomerPermission.LEAD_CREATE
"""Whoever may register a lead may take on those nobody is responsible for: managers, not doctors."""


def sees_pool(user: User) -> bool:
    """Whether the person sees some node's unassigned pool: those who take customers on, not doctors."""
    return access_of(user).may(POOL_RIGHT)


def customer_scope(user: User, permission: Permission, prefix: str = "", *, owners: Iterable[str] = ()) -> Q:
    """The condition on records of customers a permission reaches; `prefix` is the path to the customer, as `customer__`.

    `owners` are further paths to user ids that make the record itself one's own, whoever is responsible for the customer.
    Customers whose data rests are left to those who decide about that (SEC-001).
    """
    responsible = (f"{prefix}doctor_id", f"{prefix}health_manager_id")
    reached = scope(user, permission, node=f"{prefix}node_id", owners=(*responsible, *owners), pool=f"{prefix}health_manager_id",
                    pool_right=POOL_RIGHT)  # fmt: skip
    return reached & in_use(user, prefix)


def sees_resting(user: User) -> bool:
    """Whether the person sees customers whose data rests or is erased: those who decide about such requests."""
    return access_of(user).may(CustomerPermission.PRIVACY_DECIDE)


def in_use(user: User, prefix: str = "") -> Q:
    """The condition that a customer's data does not rest, for those who may not see such."""
    return Q() if sees_resting(user) else Q(**{f"{prefix}restricted_at__isnull": True})
