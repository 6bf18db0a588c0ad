"""Rights that depend on more than one function."""

from __future__ import annotations

from kefu.customers.choices import FlagKind
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User

AUTHORISED = frozenset({FlagKind.UNREASONABLE, FlagKind.REFUSE_TO_SELL})
"""Flags set and ended only by those who answer for the customers of the centre."""
INCIDENT_RIGHT = CustomerPermission.IDENTITY_CHECK
"""What writing an incident needs."""


def flag_right(kind: str) -> CustomerPermission:
    """What setting or ending a flag of this kind needs (CUS-033)."""
    return CustomerPermission.FLAG_WARN if kind in AUTHORISED else CustomerPermission.ARCHIVE_EDIT


def takes_in(by: User, node_id: int) -> bool:
    """Whether the person enters customers for everybody at a node: the administrator's import, the public booking page."""
    return access_of(by).may_at(CustomerPermission.INTAKE, node_id)


def require_intake(by: User, node_id: int) -> None:
    """Refuse unless the person may register a lead at the node. Raises Forbidden, OutOfScope."""
    if not takes_in(by, node_id):
        require(by, CustomerPermission.LEAD_CREATE, node_id=node_id)


def require_customer(by: User, permission: Permission, customer: Customer) -> None:
    """Refuse unless the right reaches the customer, or the person takes customers in. Raises Forbidden, OutOfScope."""
    if not takes_in(by, customer.node_id):
        require(by, permission, customer=customer)


def require_any(by: User, customer: Customer, *permissions: Permission) -> None:
    """Refuse unless one of the rights reaches the customer. Raises what the last one raises."""
    if not any(allowed(by, permission, customer=customer) for permission in permissions[:-1]):
        require(by, permissions[-1], customer=customer)
