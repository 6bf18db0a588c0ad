"""The refusals an action starts with: no right is Forbidden (403), out of scope is OutOfScope (404)."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.kernel.errors import Forbidden, OutOfScope
from kefu.organisation.models import User


class Owned(Protocol):
    """A record with a node and the people whose own it is: a customer.

    `pool_right` is None for what somebody is responsible for; otherwise it waits in its node's pool, and is as good as one's
    own for those who hold that right there.
    """

    @property
    def node_id(self) -> int: ...
    @property
    def owner_ids(self) -> frozenset[int]: ...
    @property
    def pool_right(self) -> Permission | None: ...


def allowed(user: User, permission: Permission, *, customer: Owned | None = None, node_id: int | None = None) -> bool:
    """Whether `require` would pass."""
    try:
        require(user, permission, customer=customer, node_id=node_id)
    except (Forbidden, OutOfScope):
        return False
    return True


def require(user: User, permission: Permission, *, customer: Owned | None = None, node_id: int | None = None) -> None:
    """Refuse unless the user has the right, and has it for this customer or node.

    Raises Forbidden when the right is missing altogether, OutOfScope when it does not reach this record.
    """
    access = access_of(user)
    if not access.may(permission):
        raise Forbidden("no_right", _("您的岗位没有这项权限，请联系管理员。"))
    if customer is not None and not _reaches(user, permission, customer):
        raise OutOfScope()
    if node_id is not None and not access.may_in(permission, node_id):
        raise OutOfScope()


def _reaches(user: User, permission: Permission, customer: Owned) -> bool:
    access = access_of(user)
    if access.may_at(permission, customer.node_id):
        return True
    if not access.may_own_at(permission, customer.node_id):
        return False
    if customer.owner_ids & access.persons:
        return True
    return customer.pool_right is not None and access.may_in(customer.pool_right, customer.node_id)
