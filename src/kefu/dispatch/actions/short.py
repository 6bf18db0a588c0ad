"""What of an order did not go along, and when it was supplied (STK-023)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.holding import lock
from kefu.dispatch.checks import words_of
from kefu.dispatch.choices import RunState
from kefu.dispatch.models import RunLine, ShortItem, ShortSupply
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.queries import SHORT
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.sales.models import PurchaseLine


@action
def note_short(
    *, line: RunLine, purchase_line: PurchaseLine, packs: int, by: User, at: datetime, note: str = ""
) -> ShortItem:
    """Note packs of a product of the order that did not go along; they stand on the open list until they are supplied.

    Raises Invalid for another order's product or impossible packs, Refused "short_twice", "changed" where the order was just
    taken off the run, "wrong_state" for a cancelled run.
    """
    require(by, DispatchPermission.REGISTER, node_id=line.run.warehouse.node_id)
    lock(line.purchase.customer_id)
    rows = RunLine.objects.select_for_update(of=("self",), no_key=True).select_related("run__warehouse", "purchase")
    row = rows.filter(pk=line.pk).first()
    if row is None:
        raise Refused("changed", _("刚刚有同事改了这趟车，请刷新再办"))
    if row.run.state == RunState.CANCELLED:
        raise Refused("wrong_state", _("这趟车取消了，不用记差件"))
    purchase_line.refresh_from_db(fields=["quantity", "withdrawn"])
    kept = purchase_line.quantity - purchase_line.withdrawn
    if purchase_line.purchase_id != row.purchase_id or not 1 <= packs <= kept:
        raise Invalid.one("packs", "range", _("差件要是这张购买单上的产品，并且不多于买的数量"))
    if row.short.filter(purchase_line=purchase_line).exists():
        raise Refused("short_twice", _("这个产品的差件已经记过"))
    made = ShortItem.objects.create(line=row, purchase_line=purchase_line, packs=packs, note=note.strip()[:200], by=by, at=at)  # fmt: skip
    _noted("dispatch.short.noted", made, by, at, {"order": (None, row.purchase.number), "packs": (None, packs)})
    return made


@action
def supply_short(*, item: ShortItem, packs: int, how: str, by: User, at: datetime) -> ShortItem:
    """Packs of it were supplied, with which run or parcel. Raises Invalid without words or for more than are open, Refused "not_owed"."""
    require(by, DispatchPermission.REGISTER, node_id=item.line.run.warehouse.node_id)
    words = words_of(how, "how", 100)
    lock(item.line.purchase.customer_id)
    rows = ShortItem.objects.select_for_update(of=("self",), no_key=True)
    current = rows.select_related("line__run__warehouse", "line__purchase", "purchase_line").get(pk=item.pk)
    if not current.open:
        raise Refused("not_owed", _("这一项不用再补了"))
    if not 1 <= packs <= current.open:
        raise Invalid.one("packs", "range", _("还差 %(open)s 件，补的要在 1 到 %(open)s 之间") % {"open": current.open})
    before, current.supplied = current.supplied, current.supplied + packs
    current.save(update_fields=["supplied"])
    ShortSupply.objects.create(item=current, packs=packs, how=words, by=by, at=at)
    _noted("dispatch.short.supplied", current, by, at, {"supplied": (before, current.supplied)})
    return current


def _noted(code: str, item: ShortItem, by: User, at: datetime, changes: dict[str, tuple[object, object]]) -> None:
    record(
        code, by=by, at=at, subject=Subject(SHORT, item.pk), node_id=item.line.run.warehouse.node_id,
        customer_id=item.line.purchase.customer_id, changes=changes,
    )  # fmt: skip
