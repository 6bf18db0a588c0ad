"""A pack or an outer case is scanned, and the product is there (PRD-001)."""

from dataclasses import replace
from datetime import date

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid
from kefu.kernel.scans import Scan
from kefu.products import content
from kefu.products.actions import write_barcodes
from kefu.products.models import Barcode, Product
from kefu.products.queries import product_by_scan

PACK, CASE, OTHER = "6901234567892", "16901234567899", "6901234567915"


@pytest.fixture
def oil(cast):
    content.load(by=cast.admin, at=cast.at)
    return Product.objects.get(code="N-014")


@pytest.mark.req("PRD-001")
def test_a_pack_and_its_outer_case_lead_to_the_product(cast, oil):
    by = {"by": cast.product_manager, "at": cast.at}
    write_barcodes(product=oil, gtin="690 1234567892", case_gtin=CASE, packs_per_case=24, **by)
    assert list(oil.barcodes.values_list("gtin", "packs")) == [("06901234567892", 1), (CASE, 24)]
    scan = Scan(gtin="06901234567892")
    assert product_by_scan(PACK) == (oil, scan)
    full = replace(scan, lot="DA26031", expires_on=date(2027, 6, 30))
    assert product_by_scan(f"(01)0{PACK}(17)270630(10)DA26031") == (oil, full)
    assert product_by_scan(f"]d201{CASE}3702\x1d10DA26031") == (oil, Scan(gtin=CASE, lot="DA26031", count=48))
    assert product_by_scan("２００００００００００１５")[0].code == "N-001", "what ships has numbers, too"
    write_barcodes(product=oil, gtin=PACK, case_gtin=CASE, packs_per_case=24, **by)
    row = AuditEntry.objects.get(code="products.barcodes.written")
    assert row.changes["barcodes"][1] == f"0{PACK}×1、{CASE}×24"
    write_barcodes(product=oil, gtin="", **by)
    assert not oil.barcodes.exists()


def test_a_scan_that_leads_nowhere_says_why(oil):
    told = {
        "": ("empty", "还没扫码"),
        "6901234567893": ("check_digit", "条码的校验位不对，可能扫错或输错了一位，请再扫一次"),
        "hello": ("unreadable", "认不出这个码，请扫包装上的条码，或者按编码找产品"),
        PACK: ("unknown", f"目录里没有条码 {PACK} 的产品，请在产品页面登记条码"),
        "9" * 201: ("too_long", "扫到的内容太长，不是产品上的码，请对准一个码再扫"),
    }
    for text, expected in told.items():
        with pytest.raises(Invalid) as refusal:
            product_by_scan(text)
        [error] = refusal.value.errors
        assert (error.field, (error.code, str(error.message))) == ("scan", expected)


def test_a_number_is_one_thing_and_has_its_check_digit(cast, oil):
    by = {"by": cast.product_manager, "at": cast.at}
    write_barcodes(product=oil, gtin=PACK, **by)
    vitamins = Product.objects.get(code="N-001")
    for given, field, code in (
        ({"gtin": PACK}, "gtin", "taken"),
        ({"gtin": OTHER, "case_gtin": "0" + PACK, "packs_per_case": 12}, "case_gtin", "taken"),
        ({"gtin": "6901234567893"}, "gtin", "gtin"),
        ({"gtin": "abc"}, "gtin", "gtin"),
        ({"gtin": OTHER, "case_gtin": CASE}, "packs_per_case", "required"),
        ({"gtin": OTHER, "case_gtin": CASE, "packs_per_case": 1}, "packs_per_case", "required"),
        ({"gtin": OTHER, "packs_per_case": 12}, "case_gtin", "required"),
        ({"gtin": OTHER, "case_gtin": OTHER, "packs_per_case": 12}, "case_gtin", "same"),
    ):
        with pytest.raises(Invalid) as refusal:
            write_barcodes(product=vitamins, **given, **by)
        assert [(error.field, error.code) for error in refusal.value.errors] == [(field, code)]
        assert Barcode.objects.get(product=vitamins, packs=1).gtin == "02000000000015", "nothing half-written"
    with pytest.raises(Forbidden):
        write_barcodes(product=vitamins, gtin="", by=cast.manager, at=cast.at)
