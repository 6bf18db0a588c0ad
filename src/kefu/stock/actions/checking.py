"""Looking at slow lots on the shelf (STK-014)."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.organisation.models import User
from kefu.stock.models import Lot, LotCheck, Warehouse


@action
def check_lot(*, warehouse: Warehouse, lot: Lot, by: User, at: datetime, note: str = "") -> LotCheck:
    """Note that somebody looked at a lot in a warehouse, and what was found."""
    require(by, warehouse.keep_permission, node_id=warehouse.node_id)
    made = LotCheck.objects.create(warehouse=warehouse, lot=lot, note=note.strip()[:200], by=by, at=at)
    record(
        "stock.lot.checked",
        by=by,
        at=at,
        subject=Subject("stock.lot", lot.pk),
        node_id=warehouse.node_id,
        changes={"note": (None, made.note)},
    )
    return made
