"""Looking at slow lots on the shelf (STK-014), and checking the book against its moves."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.actions.ledger import lock_balances
from kefu.stock.models import Balance, Lot, LotCheck, Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import Drift, drift
from kefu.stock.sentences import DRIFT


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


@action
def check_balances(*, by: User, at: datetime) -> list[Drift]:
    """Compare every balance with its moves and its reservations; differences go into the trail and ring the administrators' bell."""
    require(by, StockPermission.WAREHOUSE_OPEN)
    wrong = drift()
    if not wrong:
        nothing_changed()
        return wrong
    for one in wrong:
        subject = Subject("stock.balance", one.balance_id)
        changes = {name: pair for name, pair in _wrong(one).items() if pair[0] != pair[1]}
        record("stock.drift.found", by=by, at=at, subject=subject, changes=changes)
    tell(users=colleagues_with("admin", by.node_id), code="stock.drift", text=DRIFT(count=len(wrong)), at=at)
    return wrong


@action
def rebuild_balances(*, reason: str, by: User, at: datetime) -> list[Drift]:
    """Set every balance that differs to what its moves and reservations say, once somebody knows why; answers what was set.

    Raises Invalid without a reason, Refused "reserved" where more is set aside than there is. The moves are the truth; they are never
    changed.
    """
    require(by, StockPermission.WAREHOUSE_OPEN)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("原因还没填"))
    lock_balances(one.balance_id for one in drift())
    wrong = drift()
    if not wrong:
        nothing_changed()
    for one in wrong:
        if one.set_aside > one.moved:
            raise Refused("reserved", _("留出的比实际的还多，请先放回一部分预留"))
        Balance.objects.filter(pk=one.balance_id).update(quantity=one.moved, reserved=one.set_aside)
        record(
            "stock.drift.mended", by=by, at=at, subject=Subject("stock.balance", one.balance_id), reason=reason.strip(),
            changes={"quantity": (one.quantity, one.moved), "reserved": (one.reserved, one.set_aside)},
        )  # fmt: skip
    return wrong


def _wrong(one: Drift) -> dict[str, tuple[int, int]]:
    return {"quantity": (one.moved, one.quantity), "reserved": (one.set_aside, one.reserved)}
