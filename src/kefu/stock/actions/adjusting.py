"""Making the book agree with the shelf (STK-009)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.actions.ledger import Entry, book, lock_balances
from kefu.stock.actions.reserving import give_way
from kefu.stock.choices import MoveKind
from kefu.stock.models import Balance
from kefu.stock.queries import destroyed_packs


@action
def adjust(*, balance: Balance, seen: int, counted: int, reason: str, by: User, at: datetime) -> int:
    """Correct a balance by what was counted against what should have lain there, `seen`, while counting; answers the new quantity.

    `seen` is the book without packs that were destroyed and are not written off yet; goods booked in or out since then stay booked. Raises Invalid without a reason or for a negative count, Refused
    "stock_short" when what left since then makes the result impossible.
    """
    warehouse = balance.warehouse
    require(by, warehouse.keep_permission, node_id=warehouse.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("调整原因还没填"))
    if counted < 0:
        raise Invalid.one("counted", "min_value", _("实际数量不能小于 0"))
    held = lock_balances([balance.pk])[balance.pk]
    change = counted - seen
    if change == 0:
        nothing_changed()
        return held.quantity
    after, there = held.quantity + change, held.quantity - destroyed_packs([held.pk])[held.pk]
    if there + change < 0:
        raise Refused("stock_short", _("盘点后又有出库，调整后会小于 0，请重新数一遍"), {"available": there})
    give_way(balance=held, packs=-change, by=by, at=at)
    subject = Subject("stock.balance", held.pk)
    book([Entry(held.pk, change, reason.strip())], kind=MoveKind.ADJUSTMENT, subject=subject, by=by, at=at)
    record(
        "stock.adjusted", by=by, at=at, subject=subject, node_id=warehouse.node_id, reason=reason.strip(),
        changes={f"{held.product.code} {held.lot.code}": (held.quantity, after)},
    )  # fmt: skip
    return after
