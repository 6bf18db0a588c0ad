"""Papers of a destruction: the request that is approved, and the record both sign (STK-011)."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed
from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.organisation.models import User
from kefu.stock.choices import DestructionState
from kefu.stock.models import Destruction
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import DESTRUCTION

REQUEST = "stock.destruction_request"
RECORD = "stock.destruction_record"


def destruction_request(destruction_id: int) -> dict[str, object]:
    """What the request says: the goods, why, and who verified and approved it."""
    return _paper(destruction_id, [_("申请人"), _("产品部"), _("领导")])


def destruction_record(destruction_id: int) -> dict[str, object]:
    """What the record says: the goods, how and where they were destroyed, before whom."""
    return _paper(destruction_id, [_("销毁人"), _("在场见证人"), _("财务")])


def _paper(destruction_id: int, signatures: list[object]) -> dict[str, object]:
    rows = Destruction.objects.with_state().select_related(
        "warehouse__node", "by", "held__lot", "held__zone", "held__product"
    )
    one = rows.get(pk=destruction_id)
    steps = list(one.steps.select_related("by", "witness").exclude(kind=DestructionState.CLOSED))
    return {
        "number": one.number,
        "node": one.warehouse.node.zh,
        "warehouse": one.warehouse.zh,
        "at": timezone.localdate(one.at),
        "destruction": one,
        "steps": steps,
        "done": next((step for step in steps if step.kind == DestructionState.DESTROYED), None),
        "signatures": signatures,
    }


def _sees(user: User, destruction_id: int) -> bool:
    return Destruction.objects.visible_to(user).filter(pk=destruction_id).exists()


def _adds(user: User, destruction_id: int) -> bool:
    """Whoever carries it out, until it is over."""
    over = (
        DestructionState.CLOSED,
        DestructionState.SENT_BACK,
        DestructionState.REJECTED,
        DestructionState.WITHDRAWN,
    )
    found = Destruction.objects.with_state().select_related("warehouse").exclude(Q(state__in=over))
    one = found.filter(pk=destruction_id).first()
    return one is not None and allowed(user, StockPermission.DESTRUCTION_REQUEST, node_id=one.warehouse.node_id)


documents.register(
    REQUEST, _("销毁申请单"), "stock/print/destruction_request.html", size="A4", context=destruction_request
)
documents.register(RECORD, _("销毁记录"), "stock/print/destruction_record.html", size="A4", context=destruction_record)
register_policy(REQUEST, _sees)
register_policy(RECORD, _sees)
register_policy(DESTRUCTION, _sees, add=_adds)
