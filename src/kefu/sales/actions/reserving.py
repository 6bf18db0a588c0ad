"""What a signature sets aside, and setting aside again what was missing (STK-005)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.kernel.errors import Refused
from kefu.organisation.models import User
from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase, PurchaseLine
from kefu.sales.permissions import SalesPermission
from kefu.sales.queries import KIND, locked
from kefu.stock.actions import reserve_available
from kefu.stock.queries import set_aside, warehouse_for


@within_action
def reserve_for(
    *, purchase: Purchase, lines: Iterable[PurchaseLine], permission: SalesPermission, by: User, at: datetime
) -> int:
    """Set aside what is free of the open packs of these lines that are not set aside yet; answers how many packs are still missing.

    Where no warehouse serves the place nothing is set aside: the dispatch says so.
    """
    warehouse = warehouse_for(purchase.customer.node_id)
    held = set_aside(KIND, [purchase.pk])
    wanted = [
        (line.product, more) for line in lines if (more := line.open - held.get((purchase.pk, line.product_id), 0)) > 0
    ]
    if warehouse is None or not warehouse.active or not wanted:
        return sum(packs for _product, packs in wanted)
    missing = reserve_available(warehouse=warehouse, lines=wanted, subject=Subject(KIND, purchase.pk), customer_id=purchase.customer_id,
                                permission=permission, by=by, at=at)  # fmt: skip
    return sum(missing.values())


@action
def reserve_missing(*, purchase: Purchase, by: User, at: datetime) -> int:
    """Set aside what was missing and is there now; answers how many packs still are. Raises Refused `purchase_state`, `still_short`."""
    require(by, SalesPermission.ENTER, customer=purchase.customer)
    purchase = locked(purchase, PurchaseState.SIGNED, PurchaseState.PARTLY)
    before = sum(set_aside(KIND, [purchase.pk]).values())
    lines = list(purchase.lines.select_related("product"))
    missing = reserve_for(purchase=purchase, lines=lines, permission=SalesPermission.ENTER, by=by, at=at)
    after = sum(set_aside(KIND, [purchase.pk]).values())
    if after == before:
        if missing:
            raise Refused(
                "still_short", _("还缺 %(packs)s 件，库房里还没有。") % {"packs": missing}, {"missing": missing}
            )
        nothing_changed()
        return 0
    record("sales.purchase.reserved", by=by, at=at, subject=Subject(KIND, purchase.pk), customer_id=purchase.customer_id,
           node_id=purchase.node_id, changes={"set_aside": (before, after)})  # fmt: skip
    return missing
