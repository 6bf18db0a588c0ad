"""Reads of sales."""

from kefu.sales.queries.purchases import (
    KIND,
    OPEN,
    Supply,
    gate_of,
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
    "gate_of",
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
