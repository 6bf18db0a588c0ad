"""The catalogue is brought in from a list, corrected by code, and taken back."""

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange.running import import_file
from kefu.foundation.exchange.undoing import undo_run
from kefu.foundation.exchange.workbooks import blank
from kefu.kernel.errors import Forbidden
from kefu.products import content
from kefu.products.exchange import ITEMS, PRODUCTS
from kefu.products.models import Category, Kit, PriceChange, Product, TestItem

D = Decimal
NEW = {
    "编码": "n-901", "品名": "葡萄籽胶囊", "规格": "60 粒/瓶", "分类": "抗氧化", "单位": "瓶", "每件数量": "60", "储存条件": "常温", "价格": "¥268.00",
    "易碎": "否", "默认日食用量": "2", "出库顺序": "先到期先出", "入库最短剩余效期（月）": "6", "安全库存": "20",
}  # fmt: skip


@pytest.fixture
def catalogue(cast):
    content.load(by=cast.admin, at=cast.at)
    Category.objects.create(code="antioxidant-x", zh="抗氧化", en="Antioxidants X")
    return cast


def brought(cast, spec, *rows, mode="commit", update=False, by=None):
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    content = out.getvalue().encode("gb18030")
    return import_file(
        spec=spec, content=content, name="目录.csv", mode=mode, update=update, by=by or cast.admin, at=cast.at
    )


def storage_word():
    return Product.objects.select_related("storage").get(code="N-014").storage.zh


@pytest.mark.req("PRD-001")
def test_a_new_product_is_entered_with_its_first_price(catalogue):
    run = brought(catalogue, PRODUCTS, NEW | {"储存条件": storage_word()})
    assert run.result == {"total": 1, "good": 1, "bad": 0, "created": 1, "updated": 0, "errors": []}
    made = Product.objects.get(code="N-901")
    told = (
        made.zh,
        made.specification,
        made.category.zh,
        made.unit,
        made.pieces_per_pack,
        made.price,
        made.daily_intake,
    )
    assert told == ("葡萄籽胶囊", "60 粒/瓶", "抗氧化", "瓶", 60, D("268.00"), 2)
    assert (made.fragile, made.policy, made.min_shelf_life_months, made.reorder_point) == (False, "fefo", 6, 20)
    assert [(one.before, one.after, one.by) for one in made.price_changes.all()] == [
        (None, D("268.00"), catalogue.admin)
    ]


def test_a_known_code_is_refused_and_with_update_only_filled_cells_change(catalogue):
    before = Product.objects.get(code="N-014")
    row = {"编码": "N-014", "规格": "新包装 90 粒/瓶", "价格": "308", "品名": "", "调价原因": "厂家调价"}
    [error] = brought(catalogue, PRODUCTS, row).errors
    assert (error["column"], error["code"]) == ("编码", "taken")
    assert brought(catalogue, PRODUCTS, row, update=True).result["updated"] == 1
    after = Product.objects.get(code="N-014")
    assert (after.zh, after.specification, after.price, after.category) == (
        before.zh, "新包装 90 粒/瓶", D("308.00"), before.category,
    )  # fmt: skip
    told = [(one.before, one.after, one.reason) for one in after.price_changes.all()]
    assert told == [(before.price, D("308.00"), "厂家调价")]
    again = brought(catalogue, PRODUCTS, row, update=True)
    assert (again.updated, again.rows.get().did, PriceChange.objects.count()) == (0, "unchanged", 1)


def test_every_fault_of_a_row_is_named(catalogue):
    run = brought(catalogue, PRODUCTS, {"编码": "N-902", "品名": "只有名字", "价格": ""}, NEW | {"分类": "没有的", "储存条件": "随便"},
                  NEW | {"编码": "N 9", "价格": "一百", "每件数量": "0"})  # fmt: skip
    told = [(error["row"], error["column"], error["code"]) for error in run.errors]
    assert told[:4] == [
        (2, "分类", "required"),
        (2, "单位", "required"),
        (2, "储存条件", "required"),
        (2, "价格", "required"),
    ]
    assert sorted(told[4:6]) == [(3, "储存条件", "unknown"), (3, "分类", "unknown")]
    assert told[6:] == [(4, "编码", "code"), (4, "每件数量", "number"), (4, "价格", "money")]
    assert storage_word() in next(
        error["message"] for error in run.errors if error["row"] == 3 and error["column"] == "储存条件"
    )


def test_an_import_is_taken_back_as_long_as_nothing_uses_the_product(catalogue):
    storage = storage_word()
    run = brought(catalogue, PRODUCTS, NEW | {"储存条件": storage}, NEW | {"编码": "N-902", "储存条件": storage})
    Kit.objects.create(code="K-X", zh="盒", product=Product.objects.get(code="N-902"))
    run = undo_run(run=run, reason="导错了", by=catalogue.admin, at=catalogue.at)
    assert (run.undone, Product.objects.filter(code__in=["N-901", "N-902"]).get().code) == (1, "N-902")
    assert "已经有库存或单子" in run.rows.get(undone=False).left
    assert AuditEntry.objects.get(code="products.product.removed").reason == "导错了"
    assert brought(catalogue, PRODUCTS, NEW | {"储存条件": storage}).created == 1, "the code is free again"


@pytest.mark.req("LAB-001")
def test_prices_and_days_of_test_items_are_changed_by_code(catalogue):
    rows = [{"编码": "T-GEN", "项目": "", "价格": "480.00", "出报告天数": "5", "采样地点": "到中心采样，在家采样"}]
    item = TestItem.objects.get(code="T-GEN")
    rows[0]["项目"] = item.zh
    assert brought(catalogue, ITEMS, *rows, update=True).updated == 1
    item.refresh_from_db()
    assert (item.price, item.turnaround_days, item.sampling_sites) == (D("480.00"), 5, ["centre", "home"])
    assert item.price_changes.get().reason == "表格导入"
    [error] = brought(catalogue, ITEMS, rows[0] | {"编码": "T-NEW"}, update=True).errors
    assert (error["column"], error["code"]) == ("编码", "unknown")


def test_who_does_not_keep_the_catalogue_imports_nothing_and_sees_no_button(catalogue, login):
    with pytest.raises(Forbidden):
        brought(catalogue, PRODUCTS, NEW, by=catalogue.manager)
    for path, address in (("/products/", "/imports/products/"), ("/test-items/", "/imports/test-items/")):
        assert address in login(catalogue.admin).get(path).content.decode()
        assert address not in login(catalogue.manager).get(path).content.decode()
        assert login(catalogue.manager).get(address).status_code == 403


def test_the_template_explains_every_column(catalogue):
    book = load_workbook(io.BytesIO(blank(PRODUCTS)))
    assert [cell.value for cell in book.worksheets[0][1]][:5] == ["编码", "品名", "英文名", "规格", "分类"]
