"""Opening desks, and holding the one at which money moves. A centre's first one opens by itself with the first payment."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.billing.models import Desk
from kefu.billing.permissions import BillingPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node, User


@action
def open_desk(*, node: Node, by: User, at: datetime) -> Desk:
    """One more desk at a place. Two who do so at once each get one."""
    require(by, BillingPermission.DESK_OPEN, node_id=node.pk)
    Node.objects.select_for_update(no_key=True).get(pk=node.pk)
    last = Desk.objects.filter(node=node).order_by("-position").values_list("position", flat=True).first() or 0
    desk = Desk.objects.create(node=node, position=last + 1)
    record("billing.desk.opened", by=by, at=at, subject=Subject("billing.desk", desk.pk), node_id=node.pk,
           changes={"position": (None, desk.position)})  # fmt: skip
    return desk


@within_action
def hold_desk(desk: Desk) -> Desk:
    """A desk, held until the money is written, so that nobody closes its day meanwhile."""
    return Desk.objects.select_for_update(of=("self",), no_key=True).select_related("node").get(pk=desk.pk)


@within_action
def hold_usable_desk(desk: Desk | None, *, node_id: int, by: User) -> Desk:
    """The desk named, else the first of the place, held. Raises Invalid for one at which the person takes no money."""
    found = desk or _first_desk(node_id)
    if not Desk.objects.usable_by(by).filter(pk=found.pk).exists():
        raise Invalid.one("desk", "invalid_choice", _("不能在这个收银台收付款"))
    return hold_desk(found)


def _first_desk(node_id: int) -> Desk:
    desk, _made = Desk.objects.get_or_create(node_id=node_id, position=1)
    return desk
