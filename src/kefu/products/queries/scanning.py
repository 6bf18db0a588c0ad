"""From what a scanner reads to the product."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Invalid
from kefu.kernel.scans import Scan, ScanError, ScanFault, read_scan
from kefu.products.models import Barcode, Product

FIELD = "scan"
WORDS = {
    ScanFault.EMPTY: _("还没扫码"),
    ScanFault.TOO_LONG: _("扫到的内容太长，不是产品上的码，请对准一个码再扫"),
    ScanFault.CHECK_DIGIT: _("条码的校验位不对，可能扫错或输错了一位，请再扫一次"),
    ScanFault.UNREADABLE: _("认不出这个码，请扫包装上的条码，或者按编码找产品"),
}


def product_by_scan(text: str) -> tuple[Product, Scan]:
    """The product whose pack or outer case was scanned, and what else the symbol said: lot, expiry, dates, count (PRD-001).

    For an outer case `count` becomes the packs in what was scanned. Products out of use are found too: the caller judges.
    Raises Invalid on "scan" with the code `empty`, `too_long`, `check_digit`, `unreadable` or `unknown`.
    """
    try:
        scan = read_scan(text)
    except ScanError as error:
        raise Invalid.one(FIELD, error.code, WORDS[error.code]) from error
    found = of_scan(scan)
    if found is None:
        words = _("目录里没有条码 %(gtin)s 的产品，请在产品页面登记条码") % {"gtin": shown(scan.gtin)}
        raise Invalid.one(FIELD, "unknown", words)
    return found


def of_scan(scan: Scan) -> tuple[Product, Scan] | None:
    """The product with the trade number of a scan, whose `count` becomes packs; None where the catalogue has no such barcode."""
    barcode = Barcode.objects.select_related("product__category", "product__storage").filter(gtin=scan.gtin).first()
    if barcode is None:
        return None
    if barcode.packs > 1:
        scan = replace(scan, count=(scan.count or 1) * barcode.packs)
    return barcode.product, scan


def shown(gtin: str) -> str:
    """A stored number as it is printed under the bars: 13 digits, or 14 where the first is not zero."""
    return gtin.removeprefix("0")
