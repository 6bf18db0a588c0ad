"""Arithmetic of the catalogue: totals, package prices, ranges and flags, sampling guides, days of supply. Plain Python."""

from kefu.products.rules.facts import missing_facts, packing_steps
from kefu.products.rules.guides import lead_hours, merge_guides
from kefu.products.rules.offers import Offer, cheaper_offers, equal_offers, holding
from kefu.products.rules.prices import order_total, spread
from kefu.products.rules.results import Bounds, FlagCode, flag, overlaps, pick_range
from kefu.products.rules.seasons import month_after, months_of, season_of
from kefu.products.rules.supply import days_of_supply

__all__ = [
    "Bounds",
    "FlagCode",
    "Offer",
    "cheaper_offers",
    "days_of_supply",
    "equal_offers",
    "flag",
    "holding",
    "lead_hours",
    "merge_guides",
    "missing_facts",
    "month_after",
    "months_of",
    "order_total",
    "overlaps",
    "packing_steps",
    "pick_range",
    "season_of",
    "spread",
]
