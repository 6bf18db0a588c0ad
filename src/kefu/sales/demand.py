"""What customers signed for that has neither left nor been set aside: asked for by requisitions and purchases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase
from kefu.sales.queries import KIND
from kefu.stock.demand import register_demand
from kefu.stock.models import Warehouse
from kefu.stock.queries import set_aside, warehouse_for


def open_demand(_at: datetime) -> Iterable[tuple[int, int, int]]:
    """Packs by place and product. Three queries."""
    return ((node, product, packs) for (node, product), packs in _missing().items())


def waiting(warehouse: Warehouse, _at: datetime) -> Counter[int]:
    """Packs by product id of purchases at the places this warehouse serves."""
    missing = _missing()
    served = {node for node, _product in missing if warehouse_for(node) == warehouse}
    packs: Counter[int] = Counter()
    for (node, product), count in missing.items():
        packs[product] += count if node in served else 0
    return +packs


def _missing() -> Counter[tuple[int, int]]:
    open_ones = Purchase.objects.filter(state__in=(PurchaseState.SIGNED, PurchaseState.PARTLY))
    purchases = list(open_ones.prefetch_related("lines"))
    held = set_aside(KIND, [one.pk for one in purchases])
    packs: Counter[tuple[int, int]] = Counter()
    for one in purchases:
        for line in one.lines.all():
            packs[one.node_id, line.product_id] += max(line.open - held.get((one.pk, line.product_id), 0), 0)
    return +packs


register_demand("sales", waiting)
