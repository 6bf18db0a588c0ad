"""From what a scanner read of a pack to the product it is: the one place that knows how."""

from __future__ import annotations

from kefu.kernel.scans import Scan
from kefu.products.models import Product
from kefu.products.queries import of_scan
from kefu.purchasing.models import Supplier

LENGTHS = (14, 13, 12, 8)
"""Digits of trade numbers; shorter ones are padded with zeros to the longest."""


def product_scanned(scan: Scan, supplier: Supplier) -> tuple[Product | None, Scan]:
    """The product of the barcode, else the one whose article number at the supplier is the trade number on the pack; None where nobody
    entered either. The scan comes along with its count in packs."""
    if found := of_scan(scan):
        return found
    spellings = [scan.gtin[-length:] for length in LENGTHS if scan.gtin[:-length].strip("0") == ""]
    sold = supplier.supplies.filter(article__in=spellings, active=True).select_related("product").order_by("pk").first()
    return (sold.product if sold else None), scan
