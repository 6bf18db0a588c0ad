"""Reading stock: what is there, what may leave, what is near its end. All from balances, so flat in the number of moves."""

from kefu.stock.queries.amounts import (
    Drift,
    available,
    drift,
    may_leave,
    moves_of,
    on_hand,
    place_of,
    propose,
    warehouse_for,
)
from kefu.stock.queries.expiry import Days, Overview, SlowLot, days, overview, per_day, slow_lots
from kefu.stock.queries.listing import (
    LotRow,
    ProductRow,
    balances,
    issues_listed,
    lots_listed,
    product_rows,
    products_in,
)

__all__ = [
    "Days",
    "Drift",
    "LotRow",
    "Overview",
    "ProductRow",
    "SlowLot",
    "available",
    "balances",
    "days",
    "drift",
    "issues_listed",
    "lots_listed",
    "may_leave",
    "moves_of",
    "on_hand",
    "overview",
    "per_day",
    "place_of",
    "product_rows",
    "products_in",
    "propose",
    "slow_lots",
    "warehouse_for",
]
