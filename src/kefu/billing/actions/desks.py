"""Opening desks. A centre's first one opens by itself with the first payment."""

from __future__ import annotations

from datetime import datetime

from kefu.billing.models import Desk
from kefu.billing.permissions import BillingPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
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
def first_desk(node_id: int) -> Desk:
    """The first desk of a place, opened when it is first needed."""
    desk, _made = Desk.objects.get_or_create(node_id=node_id, position=1)
    return desk
