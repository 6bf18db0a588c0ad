"""Who acts at bookings besides those who hold the right."""

from __future__ import annotations

from kefu.customers.rights import takes_in
from kefu.foundation.access.checks import require
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User


def acts_for_customers(by: User, node_id: int) -> bool:
    """Whether this is the public booking page, at which a customer who proved the telephone number acts for himself or herself."""
    return by.is_system and takes_in(by, node_id)


def require_desk(by: User, permission: Permission, node_id: int) -> None:
    """Refuse unless the right reaches the centre, or the customer acts on the public page. Raises Forbidden, OutOfScope (APT-017)."""
    if not acts_for_customers(by, node_id):
        require(by, permission, node_id=node_id)
