"""What a scan at the shelf is of: the one place that knows how a symbol leads to a product.

By its trade number; goods whose number nobody entered are known by lot and expiry, and the code on our own label by itself.
"""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Invalid
from kefu.kernel.scans import Scan, ScanError, ScanFault, read_scan
from kefu.products.models import Product
from kefu.products.queries import of_scan

WORDS = {
    ScanFault.EMPTY: _("还没有扫码"),
    ScanFault.TOO_LONG: _("扫到的内容太长，不是产品上的码"),
    ScanFault.CHECK_DIGIT: _("条码校验位不对，请重新扫"),
    ScanFault.UNREADABLE: _("没有这个产品，也不是产品条码，请重新扫"),
}


def scanned(text: str) -> tuple[Product, Scan]:
    """The product of a scan, or of its code typed by hand, and what else the scan says. Raises Invalid on "scan"."""
    code = unicodedata.normalize("NFKC", text).strip()[:60].upper()
    labelled = Product.objects.filter(code=code).select_related("storage").first()
    if labelled is not None:
        return labelled, Scan(gtin="")
    try:
        scan = read_scan(text)
    except ScanError as error:
        raise Invalid.one("scan", error.code, WORDS[error.code]) from error
    if found := of_scan(scan):
        return found
    known = Product.objects.filter(lots__code=scan.lot).distinct() if scan.lot else Product.objects.none()
    dated = known.filter(lots__code=scan.lot, lots__expiry=scan.expires_on) if scan.expires_on else known
    alike = list((dated if dated.exists() else known)[:2])
    if len(alike) != 1:
        words = _("目录里认不出条码 %(gtin)s，请扫带批号的码，或输入产品编码") % {"gtin": scan.gtin}
        raise Invalid.one("scan", "unknown", words)
    return alike[0], scan
