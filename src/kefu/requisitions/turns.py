"""Whose turn it is: who keeps, who signs, who agrees; and that a reason has words."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.access.rules import Permission
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User
from kefu.requisitions.choices import Side
from kefu.requisitions.models import Requisition
from kefu.requisitions.permissions import RequisitionPermission
from kefu.stock.models import Warehouse


def keepers(warehouse: Warehouse) -> Iterable[User]:
    """Who keeps a warehouse: its keeper, or while it has none, all who hold that role there."""
    if warehouse.keeper is not None:
        return [warehouse.keeper]
    return colleagues_with("central_keeper" if warehouse.central else "branch_keeper", warehouse.node_id)


def directors(warehouse: Warehouse) -> QuerySet[User]:
    """Who signs for a branch."""
    node = warehouse.node_id
    return colleagues_with("centre_director", node) | colleagues_with("office_director", node)


def consent_right(warehouse: Warehouse) -> Permission:
    """What it takes to agree that goods are lent: the director's right at a branch, the product department's at the central warehouse."""
    return RequisitionPermission.APPROVE if warehouse.central else RequisitionPermission.SIGN


def sides(requisition: Requisition, user: User) -> list[Side]:
    """For which sides somebody may agree to a loss."""
    rights: dict[Side, tuple[Permission, int]] = {
        Side.SENDER: (requisition.source.keep_permission, requisition.source.node_id),
        Side.TAKER: (requisition.target.keep_permission, requisition.target.node_id),
        Side.FINANCE: (RequisitionPermission.FIGURES_CHECK, requisition.target.node_id),
    }
    return [side for side, (right, node) in rights.items() if allowed(user, right, node_id=node)]


def needed(reason: str, field: str = "reason") -> str:
    """The words without blanks around. Raises Invalid when there are none."""
    if not reason.strip():
        raise Invalid.one(field, "required", _("原因还没填"))
    return reason.strip()
