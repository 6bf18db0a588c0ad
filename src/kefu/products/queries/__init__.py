"""Reading the catalogue."""

from kefu.products.queries.catalogue import (
    GuideSection,
    PricedLine,
    analytes_of,
    flag,
    found,
    items_listed,
    kits_for,
    listed_for_print,
    order_total,
    orderable_items,
    orderable_packages,
    priced_lines,
    products_listed,
    range_for,
    reject_reasons,
    sampling_guide,
    sellable_products,
)
from kefu.products.queries.facts import facts_told, missing_facts, packing_of, reports_listed
from kefu.products.queries.labels import Portion, checks_listed, missing_listed, portions, shelves
from kefu.products.queries.prices import periods_listed, price_on, prices_on
from kefu.products.queries.promotions import promotions_listed
from kefu.products.queries.scanning import of_scan, product_by_scan

__all__ = [
    "GuideSection",
    "Portion",
    "PricedLine",
    "analytes_of",
    "checks_listed",
    "facts_told",
    "flag",
    "found",
    "items_listed",
    "kits_for",
    "listed_for_print",
    "missing_facts",
    "missing_listed",
    "of_scan",
    "order_total",
    "orderable_items",
    "orderable_packages",
    "packing_of",
    "periods_listed",
    "portions",
    "price_on",
    "priced_lines",
    "prices_on",
    "product_by_scan",
    "products_listed",
    "promotions_listed",
    "range_for",
    "reject_reasons",
    "reports_listed",
    "sampling_guide",
    "sellable_products",
    "shelves",
]
