"""What customers wait for that is not set aside yet, told by the modules above that take their orders.

They register a function in their `slots.py`; requisitions and purchases ask for the sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from kefu.stock.models import Warehouse

Demand = Callable[[Warehouse, datetime], Mapping[int, int]]
"""Packs by product id that customers of a warehouse have ordered, that have neither left nor been set aside."""

_demands: dict[str, Demand] = {}


def register_demand(code: str, demand: Demand) -> None:
    """Let a module tell its open orders; the same code again replaces it."""
    _demands[code] = demand


def open_demand(warehouse: Warehouse, at: datetime) -> Counter[int]:
    """Packs by product id that customers wait for at a warehouse."""
    total: Counter[int] = Counter()
    for demand in _demands.values():
        total.update(demand(warehouse, at))
    return total
