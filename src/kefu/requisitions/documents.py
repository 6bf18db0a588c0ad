"""Papers of requisitions: the pick list (STK-005). The issue slip with its detail list is the warehouse's own (STK-006)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.organisation.models import User
from kefu.requisitions.models import Requisition
from kefu.requisitions.queries import PickRow, packing_points, set_aside

PICK_LIST = "requisitions.pick_list"


def pick_list(requisition_id: int) -> dict[str, object]:
    """What the pick list says: what is set aside, in the order of the places, and what to look at when packing."""
    one = Requisition.objects.select_related("source__node", "target").get(pk=requisition_id)
    rows = set_aside(one)
    points = packing_points(one, [PickRow(row, None) for row in rows], one.at)
    return {
        "number": one.number,
        "node": one.source.node.zh,
        "source": one.source.zh,
        "target": one.target.zh,
        "at": timezone.localdate(one.at),
        "rows": rows,
        "packs": sum(row.packs for row in rows),
        "points": [str(point.label) for point in points],
        "signatures": [_("拣货人"), _("复核人")],
    }


def _sees(user: User, requisition_id: int) -> bool:
    return Requisition.objects.visible_to(user).filter(pk=requisition_id).exists()


documents.register(PICK_LIST, _("拣货单"), "requisitions/print/pick_list.html", size="A4", context=pick_list)
register_policy(PICK_LIST, _sees)
