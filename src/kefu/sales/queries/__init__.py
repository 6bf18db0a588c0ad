"""Reads of sales."""

from kefu.sales.queries.purchases import (
    KIND,
    OPEN,
    Supply,
    latest_open,
    locked,
    purchases_listed,
    replaced_by,
    reversals_listed,
    reversed_total,
    short_of,
    shortage_of,
    shortages_listed,
    supplies_of,
    total_of,
)

__all__ = [
    "KIND",
    "OPEN",
    "Supply",
    "latest_open",
    "locked",
    "purchases_listed",
    "replaced_by",
    "reversals_listed",
    "reversed_total",
    "short_of",
    "shortage_of",
    "shortages_listed",
    "supplies_of",
    "total_of",
]
