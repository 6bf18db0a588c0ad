"""What customers wait for at a warehouse that is not set aside yet, as the modules that take their orders say."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from kefu.foundation.slots.registry import slots
from kefu.stock.models import Warehouse
from kefu.stock.queries import warehouse_for


def open_demand(warehouse: Warehouse, at: datetime) -> Counter[int]:
    """Packs by product id, of every place this warehouse serves."""
    wanted = [row for says in slots.demand.values() for row in says(at)]
    served = {node for node in {node for node, _product, _packs in wanted} if warehouse_for(node) == warehouse}
    packs: Counter[int] = Counter()
    for node, product, count in wanted:
        if node in served:
            packs[product] += count
    return packs
