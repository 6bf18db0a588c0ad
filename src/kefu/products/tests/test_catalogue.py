"""The shipped catalogue as the product manager and the doctors find it."""

from decimal import Decimal

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.products import content, queries
from kefu.products.models import Kit, Package, Product, TestItem
from kefu.products.rules import Bounds

D = Decimal


@pytest.fixture
def catalogue(cast):
    content.load(by=cast.admin, at=cast.at)
    return cast


def item(code):
    return TestItem.objects.get(code=code)


def test_loading_twice_changes_nothing(catalogue):
    made = content.load(by=catalogue.admin, at=catalogue.at)
    assert set(made.values()) == {0}
    assert AuditEntry.objects.filter(code="products.content.loaded").count() == 1
    assert (Product.objects.count(), Kit.objects.count(), TestItem.objects.count(), Package.objects.count()) == (
        39,
        9,
        14,
        4,
    )


def test_loading_again_leaves_what_people_changed(catalogue):
    Product.objects.filter(code="N-014").update(price=D("318.00"))
    content.load(by=catalogue.admin, at=catalogue.at)
    assert Product.objects.get(code="N-014").price == D("318.00")


@pytest.mark.req("PRD-001")
def test_a_product_has_all_that_the_catalogue_must_say(catalogue):
    fish_oil = Product.objects.get(code="N-014")
    assert (fish_oil.zh, fish_oil.specification, fish_oil.category.zh) == ("深海鱼油软胶囊", "120 粒/瓶", "脂肪酸")
    assert (fish_oil.price, fish_oil.unit, fish_oil.pieces_per_pack) == (D("298.00"), "瓶", 120)
    assert (fish_oil.storage.code, fish_oil.storage.temp_low, fish_oil.storage.temp_high) == ("normal", D(20), D(25))
    assert fish_oil.dated
    assert fish_oil.issue_policy == "fefo"
    assert Product.objects.get(code="N-017").storage.temp_high == D(4)


def test_undated_goods_leave_by_receipt_unless_the_product_says_otherwise(catalogue):
    product = Product.objects.get(code="N-001")
    product.dated = False
    assert product.issue_policy == "fifo"
    product.dated, product.policy = True, "fifo"
    assert product.issue_policy == "fifo"


@pytest.mark.req("LAB-001")
def test_an_order_of_tests_and_a_package_costs_what_is_printed(catalogue):
    singles = [item("T-GEN"), item("T-GLU"), item("T-GEN")]
    base = Package.objects.get(code="P-BASE")
    assert queries.order_total(singles) == D("1630.00")
    assert queries.order_total(singles, [base]) == D("4700.00")
    lines = queries.priced_lines([], [base])
    assert [line.item.code for line in lines] == ["T-GEN", "T-GLU", "T-CVR", "T-VIT"]
    assert sum(line.price for line in lines) == D("3070.00") < sum(line.item.price for line in lines) == D("3415.00")


@pytest.mark.req("LAB-001")
def test_a_test_item_carries_its_guide_its_turnaround_and_its_sample(catalogue):
    fatty = item("T-FAT")
    assert fatty.turnaround_days == 10
    assert (fatty.sample_kind.zh, fatty.sample_quantity, fatty.kit.code) == ("干血斑", "指尖血斑 4 个", "K-DBS")
    assert fatty.guide_lines.count() == 12
    assert fatty.site_labels == ["到中心采样", "在家采样"]


def test_two_blood_tests_need_one_kit_and_one_guide(catalogue):
    ordered = [item("T-GLU"), item("T-FAT"), item("T-GEN")]
    assert [kit.code for kit in queries.kits_for(ordered)] == ["K-BLOOD", "K-DBS"]
    blood, spot = queries.sampling_guide(ordered)
    assert ([one.code for one in blood.items], [one.code for one in spot.items]) == (["T-GEN", "T-GLU"], ["T-FAT"])
    told = [line.zh for line in blood.lines]
    assert len(told) == len(set(told)) == 11
    assert told[0] == "采血前 3 天照常吃主食，不要刻意少吃。"
    assert told[1] == "长期服药的，请把药名写在申请单上。"
    assert [line.zh for line in spot.lines] == [line.zh for line in ordered[1].guide_lines.order_by("position")]


def test_results_are_read_by_sex_and_age(catalogue):
    haemoglobin = queries.analytes_of(item("T-GEN"))[0]
    man, woman = queries.range_for(haemoglobin, "male", 40), queries.range_for(haemoglobin, "female", 40)
    assert ((man.low, man.high), (woman.low, woman.high)) == ((D(130), D(175)), (D(115), D(150)))
    assert queries.flag(D(120), man, haemoglobin) == "low"
    assert queries.flag(D(120), woman, haemoglobin) == "normal"
    assert queries.flag(D("59.9"), woman, haemoglobin) == "critical_low"
    assert queries.flag(D(120), queries.range_for(haemoglobin, "male", 3), haemoglobin) == "none"
    assert queries.flag(D(120), Bounds(high=D(119))) == "high"


def test_products_are_found_by_name_pinyin_initials_and_code(catalogue):
    def found(text):
        return [product.code for product in queries.found(Product.objects.all(), text)]

    assert found("鱼油") == ["N-014", "N-015"]
    assert found("shenhaiyuyou") == ["N-014"]
    assert found("shyy") == ["N-014"]
    assert found("n-030") == ["N-030"]
    assert found("fish 液体") == ["N-015"]
    assert found("没有的") == []
    assert "S-K-BLOOD" not in {product.code for product in queries.sellable_products()}
