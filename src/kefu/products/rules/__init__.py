"""Arithmetic of the catalogue: totals, package prices, ranges and flags, sampling guides, days of supply. Plain Python."""

from kefu.products.rules.guides import lead_hours, merge_guides
from kefu.products.rules.prices import order_total, spread
from kefu.products.rules.results import Bounds, FlagCode, flag, overlaps, pick_range
from kefu.products.rules.supply import days_of_supply

__all__ = [
    "Bounds",
    "FlagCode",
    "days_of_supply",
    "flag",
    "lead_hours",
    "merge_guides",
    "order_total",
    "overlaps",
    "pick_range",
    "spread",
]
