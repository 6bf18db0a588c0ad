"""Goods of a purchase that never reached the customer come back with the carrier: they lie in quarantine, and the packs are owed again (STK-024)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.rules import Permission
from kefu.foundation.audit.trail import Subject, record, within_action
from kefu.foundation.events.bus import announce
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.sales.choices import PurchaseState
from kefu.sales.events import SuppliesChanged
from kefu.sales.models import Purchase, PurchaseLine
from kefu.sales.queries import KIND, locked
from kefu.stock.actions import hold_goods
from kefu.stock.actions.returning import post_return
from kefu.stock.choices import Quality
from kefu.stock.models import IssueLine


@within_action
def take_undelivered(
    *, purchase: Purchase, packs: Mapping[int, int], reason: str, permission: Permission, by: User, at: datetime
) -> dict[int, int]:
    """Book packs (by line of the issue slips of its parcels) back into quarantine, under the caller's `permission` at the warehouse.

    What came back is not shipped any more: it is open again, to be sent anew or given up by a reversal slip; the charge stays. Answers the
    packs booked by issue line. Raises Refused `purchase_state`, `returns_too_much`; Invalid for lines that are not the purchase's, or nothing.
    """
    purchase = locked(purchase, PurchaseState.PARTLY, PurchaseState.DISPATCHED)
    chosen = {pk: count for pk, count in packs.items() if count}
    slips = purchase.shipments.filter(returned_at__isnull=True).values("slip")
    issued = {one.pk: one for one in IssueLine.objects.filter(slip__in=slips, pk__in=chosen).select_related("lot", "slip__warehouse")}  # fmt: skip
    if not chosen or chosen.keys() - issued.keys() or any(count < 0 for count in chosen.values()):
        raise Invalid.one("packs", "unknown", _("退回的数量或行不对，请重新填。"))
    hold_goods({one.slip.warehouse_id for one in issued.values()}, {one.lot.product_id for one in issued.values()})
    _owe_again(purchase, {pk: (issued[pk], count) for pk, count in chosen.items()})
    for slip_id in sorted({one.slip_id for one in issued.values()}):
        mine = {pk: count for pk, count in chosen.items() if issued[pk].slip_id == slip_id}
        slip = next(one.slip for one in issued.values() if one.slip_id == slip_id)
        post_return(slip=slip, packs=mine, quality=Quality.BLOCKED, reason=reason, permission=permission, by=by, at=at)
    record("sales.purchase.undelivered", by=by, at=at, subject=Subject(KIND, purchase.pk), customer_id=purchase.customer_id,
           node_id=purchase.node_id, reason=reason, changes={"packs": (None, sum(chosen.values())), "state": (None, purchase.state)})  # fmt: skip
    announce(SuppliesChanged(purchase_id=purchase.pk, customer_id=purchase.customer_id, by=by, at=at))
    return chosen


def _owe_again(purchase: Purchase, back: Mapping[int, tuple[IssueLine, int]]) -> None:
    lines = {line.product_id: line for line in purchase.lines.select_related("product")}
    for issue_line, count in back.values():
        line = lines[issue_line.lot.product_id]
        if count > line.with_customer:
            raise Refused(
                "returns_too_much",
                _("%(product)s 最多还能退 %(left)s。") % {"product": line.product.label, "left": line.with_customer},
            )
        line.shipped -= count
    PurchaseLine.objects.bulk_update(lines.values(), ["shipped"])
    sent = any(line.shipped for line in lines.values())
    purchase.state = PurchaseState.PARTLY if sent else PurchaseState.SIGNED
    purchase.save(update_fields=["state"])
