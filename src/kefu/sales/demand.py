"""What customers signed for that has neither left nor been set aside: asked for by requisitions and purchasing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase
from kefu.sales.queries import KIND
from kefu.stock.queries import set_aside


def open_demand(_at: datetime) -> Iterable[tuple[int, int, int]]:
    """Packs by place and product. Three queries."""
    open_ones = Purchase.objects.filter(state__in=(PurchaseState.SIGNED, PurchaseState.PARTLY))
    purchases = list(open_ones.prefetch_related("lines"))
    held = set_aside(KIND, [one.pk for one in purchases])
    packs: Counter[tuple[int, int]] = Counter()
    for one in purchases:
        for line in one.lines.all():
            packs[one.node_id, line.product_id] += max(line.open - held.get((one.pk, line.product_id), 0), 0)
    return [(node, product, count) for (node, product), count in packs.items() if count]
