"""A channel of an agent belongs to a district, and so do those who newly come by it (ORG-013)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Source
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Node, User


@action
def give_district(*, source: Source, node: Node | None, by: User, at: datetime) -> None:
    """Say to which district newly acquired customers of a channel go; None: to where they are registered. Raises Invalid (`node`)."""
    require(by, CustomerPermission.SOURCE_EDIT)
    if node is not None and (node.closed_on is not None or node.kind in (NodeKind.HEAD_OFFICE, NodeKind.DEPARTMENT)):
        raise Invalid.one("node", "not_a_centre", _("请选择营业中的分中心。"))
    held = Source.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    if held.node_id == (node.pk if node else None):
        return nothing_changed()
    before, held.node = held.node_id, node
    held.save(update_fields=["node"])
    return record("customers.source.district_given", by=by, at=at, subject=Subject("customers.source", held.pk),
                  changes={"node": (before, held.node_id)})  # fmt: skip
