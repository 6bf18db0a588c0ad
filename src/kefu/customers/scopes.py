"""Which customers a person sees: whole nodes, or own customers and the unassigned pool (ORG-010, SEC-001)."""

from __future__ import annotations

from django.db.models import Q

from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.queries import access_of, scope
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User


def sees_pool(user: User) -> bool:
    """Whether the unassigned pool of the own nodes counts as own: for those who take customers on, not for doctors."""
    return access_of(user).may(CustomerPermission.LEAD_CREATE)


def customer_scope(user: User, permission: Permission, prefix: str = "") -> Q:
    """The condition on records of customers a permission reaches; `prefix` is the path to the customer, as `customer__`."""
    owners = (f"{prefix}doctor_id", f"{prefix}health_manager_id")
    pool = f"{prefix}health_manager_id" if sees_pool(user) else ""
    return scope(user, permission, node=f"{prefix}node_id", owners=owners, pool=pool)
