"""Reading purchasing: for screens, exports and the API."""

from kefu.purchasing.queries.deliveries import (
    beyond,
    deliveries_listed,
    differing,
    latest_counts,
    outstanding,
)
from kefu.purchasing.queries.orders import (
    LATE,
    Compared,
    amount_of,
    compared,
    compared_listed,
    facts_of,
    late,
    open_orders,
    orders_listed,
    rows_of,
    sendings_of,
)
from kefu.purchasing.queries.planning import lines_listed, proposals_listed
from kefu.purchasing.queries.requests import amount_of as amount_asked
from kefu.purchasing.queries.requests import asked_for, requests_listed
from kefu.purchasing.queries.suppliers import (
    askable,
    best_offers,
    manufacturers,
    priced,
    suppliers_listed,
    supplies_listed,
    with_prices,
)

__all__ = [
    "LATE",
    "Compared",
    "amount_asked",
    "amount_of",
    "askable",
    "asked_for",
    "best_offers",
    "beyond",
    "compared",
    "compared_listed",
    "deliveries_listed",
    "differing",
    "facts_of",
    "late",
    "latest_counts",
    "lines_listed",
    "manufacturers",
    "open_orders",
    "orders_listed",
    "outstanding",
    "priced",
    "proposals_listed",
    "requests_listed",
    "rows_of",
    "sendings_of",
    "suppliers_listed",
    "supplies_listed",
    "with_prices",
]
