"""The administrator keeps the catalogue; everybody else reads it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.products import actions, content
from kefu.products.actions import AnalyteRange, GuideText
from kefu.products.models import Analyte, Category, Package, PriceChange, Product, StorageClass, TestItem
from kefu.products.rules import Bounds

D = Decimal


@pytest.fixture
def catalogue(cast):
    content.load(by=cast.admin, at=cast.at)
    return cast


def test_a_price_change_keeps_its_reason_and_the_history(catalogue):
    product, later = Product.objects.get(code="N-014"), catalogue.at + timedelta(days=1)
    actions.change_price(entry=product, price=D("318.00"), reason="厂家调价", by=catalogue.admin, at=catalogue.at)
    actions.change_price(entry=product, price=D("308"), reason="活动", by=catalogue.admin, at=later)
    assert Product.objects.get(code="N-014").price == D("308.00")
    told = [(c.before, c.after, c.reason, c.by.name, c.at) for c in product.price_changes.all()]
    assert told == [
        (D("318.00"), D("308.00"), "活动", "林示宁", later),
        (D("298.00"), D("318.00"), "厂家调价", "林示宁", catalogue.at),
    ]
    row = AuditEntry.objects.filter(code="products.price.changed").latest("id")
    assert (row.subject_kind, row.changes, row.reason) == ("products.product", {"price": ["318.00", "308.00"]}, "活动")


@pytest.mark.parametrize(
    ("price", "reason", "field"),
    [
        ("318.00", " ", "reason"),
        ("-1", "x", "price"),
        ("3.005", "x", "price"),
        ("99999999", "x", "price"),
        ("NaN", "x", "price"),
        ("475.00", "x", "price"),
    ],
)
def test_an_impossible_price_changes_nothing(catalogue, price, reason, field):
    general = TestItem.objects.get(code="T-GEN")
    with pytest.raises(Invalid) as refusal:
        actions.change_price(entry=general, price=D(price), reason=reason, by=catalogue.admin, at=catalogue.at)
    assert [error.field for error in refusal.value.errors] == [field]
    assert TestItem.objects.get(code="T-GEN").price == D("475.00")
    assert not PriceChange.objects.exists()


def test_a_health_manager_reads_but_does_not_change(catalogue):
    package = Package.objects.get(code="P-GUT")
    with pytest.raises(Forbidden):
        actions.change_price(entry=package, price=D(1), reason="试试", by=catalogue.manager, at=catalogue.at)
    assert Package.objects.get(code="P-GUT").price == D("6100.00")


def test_a_new_product_is_found_and_sold(catalogue):
    values = {
        "zh": "维生素 A 软胶囊",
        "en": "Vitamin A",
        "specification": "60 粒/瓶",
        "category": Category.objects.get(code="vitamin"),
        "storage": StorageClass.objects.get(code="normal"),
        "unit": "瓶",
        "pieces_per_pack": 60,
    }
    by_admin = {"by": catalogue.admin, "at": catalogue.at}
    made = actions.add_product(code=" n-031 ", price=D("99.00"), values=values, **by_admin)
    assert (made.code, made.price_changes.get().after, "wssa" in made.search) == ("N-031", D("99.00"), True)
    with pytest.raises(Invalid) as refusal:
        actions.add_product(code="N-031", price=D(1), values=values, **by_admin)
    assert refusal.value.errors[0].code == "taken"


def test_editing_says_what_changed(catalogue):
    product = Product.objects.get(code="N-014")
    by_admin = {"by": catalogue.product_manager, "at": catalogue.at}
    actions.edit_product(product=product, values={"zh": "深海鱼油", "pieces_per_pack": 100}, **by_admin)
    row = AuditEntry.objects.get(code="products.product.edited")
    assert row.changes == {"zh": ["深海鱼油软胶囊", "深海鱼油"], "pieces_per_pack": [120, 100]}
    actions.edit_product(product=product, values={"pieces_per_pack": 100}, **by_admin)
    assert AuditEntry.objects.filter(code="products.product.edited").count() == 1
    with pytest.raises(Invalid):
        actions.edit_product(product=product, values={"pieces_per_pack": 0}, **by_admin)
    with pytest.raises(Invalid):
        actions.edit_product(product=product, values={"dated": False, "policy": "fefo"}, **by_admin)


def test_the_sampling_guide_is_edited_line_by_line(catalogue):
    general = TestItem.objects.get(code="T-GEN")
    lines = [GuideText(line.zh) for line in general.guide_lines.all()]
    lines[0] = GuideText("长期服药的，请把药名和剂量写在申请单上。", "Write down your medicines.")
    del lines[4]
    actions.write_guide(item=general, lines=[*lines, GuideText("  ")], by=catalogue.admin, at=catalogue.at)
    now = list(general.guide_lines.values_list("position", "zh", "en"))
    assert len(now) == 9
    assert now[0] == (1, "长期服药的，请把药名和剂量写在申请单上。", "Write down your medicines.")
    assert now[-1][0] == 9
    with pytest.raises(Invalid):
        actions.write_guide(item=general, lines=[GuideText("")], by=catalogue.admin, at=catalogue.at)
    assert general.guide_lines.count() == 9


def test_reference_ranges_are_replaced_together(catalogue):
    haemoglobin = Analyte.objects.get(code="HGB")
    ranges = [AnalyteRange("any", 0, 17, D(100), None), AnalyteRange("any", 18, 120, D(120), D(170))]
    by_admin = {"by": catalogue.admin, "at": catalogue.at}
    actions.write_ranges(analyte=haemoglobin, ranges=ranges, critical=Bounds(D(70), None), **by_admin)
    haemoglobin.refresh_from_db()
    assert (haemoglobin.critical_low, haemoglobin.critical_high, haemoglobin.ranges.count()) == (D(70), None, 2)
    for wrong in (
        [AnalyteRange("any", 20, 10, D(1), None)],
        [AnalyteRange("any", 0, 10, None, None)],
        [AnalyteRange("any", 0, 10, D(2), D(1))],
        [AnalyteRange("any", 0, 10, D(1)), AnalyteRange("any", 10, 20, D(1))],
    ):
        with pytest.raises(Invalid):
            actions.write_ranges(analyte=haemoglobin, ranges=wrong, critical=Bounds(), **by_admin)
    assert haemoglobin.ranges.count() == 2


def test_a_package_changes_its_contents(catalogue):
    package = Package.objects.get(code="P-GUT")
    items = list(TestItem.objects.filter(code__in=["T-GUT", "T-GEN"]).order_by("-code"))
    actions.edit_package(
        package=package, zh="肠道套餐", en="Gut", active=True, items=items, by=catalogue.admin, at=catalogue.at
    )
    assert [line.item.code for line in package.lines.all()] == ["T-GUT", "T-GEN"]
    row = AuditEntry.objects.get(code="products.package.edited")
    assert row.changes["items"] == ["T-GUT、T-FOOD、T-OAT", "T-GUT、T-GEN"]


def test_demonstration_content_is_confirmed_once_with_a_basis(catalogue):
    general = TestItem.objects.get(code="T-GEN")
    by_admin = {"by": catalogue.admin, "at": catalogue.at}
    with pytest.raises(Invalid):
        actions.confirm_content(entry=general, reason="", **by_admin)
    actions.confirm_content(entry=general, reason="何示宁医师按 2026 版手册审核", **by_admin)
    assert not TestItem.objects.get(code="T-GEN").demonstration
    with pytest.raises(Refused):
        actions.confirm_content(entry=general, reason="再来一次", **by_admin)
