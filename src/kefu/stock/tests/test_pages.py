"""The keeper's day on the screen: look, receive, pick, print, correct."""

from datetime import date, timedelta

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.printing.models import Print
from kefu.foundation.slots.registry import slots
from kefu.products.models import Product
from kefu.stock import documents
from kefu.stock.models import Balance, IssueSlip, Receipt, Warehouse
from kefu.stock.testing import open_with_zones, stock_in
from kefu.testing.scenes import scene

JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)


@scene
def lots(shop, beijing):
    soon, urgent = shop.at.date() + timedelta(days=60), shop.at.date() + timedelta(days=20)
    rows = [
        ("N-014", "DA26031", 12, JUNE), ("N-014", "DA26072", 40, SEPTEMBER), ("N-017", "DC26080", 24, soon),
        ("N-001", "DB26044", 3, urgent),
    ]  # fmt: skip
    return stock_in(beijing, rows, by=shop.keeper, at=shop.at)


@pytest.fixture
def keeper(shop, login, lots):
    return login(shop.keeper)


def told(response):
    return response.content.decode()


def product(code):
    return Product.objects.get(code=code)


def balance(lot):
    return Balance.objects.get(lot__code=lot, quality="good")


def line(number, **values):
    return {f"form-{number}-{name}": value for name, value in values.items()}


def lines(*rows, **head):
    data = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0", "warehouse": "WH-BJ"} | head
    for number, row in enumerate(rows):
        data |= line(number, **row)
    return data


def test_the_list_shows_every_lot_in_its_order_of_leaving(keeper):
    body = told(keeper.get("/stock/"))
    for word in (
        "3 个品种 4 批",
        "<b>3</b> 30 天内到期",
        "<b>24</b> 90 天内，先出",
        "<b>52</b> 90 天以上",
        "DA26031",
        "先出",
        "第 2",
    ):
        assert word in body
    assert body.index("DA26031") < body.index("DA26072")


def test_the_list_is_searched_and_filtered(keeper):
    assert "DC26080" not in told(keeper.get("/stock/", {"q": "shyy"}))
    assert "DC26080" in told(keeper.get("/stock/", {"q": "DC2608"}))
    body = told(keeper.get("/stock/", {"band": "urgent"}))
    assert ("DB26044" in body, "DA26031" in body) == (True, False)
    assert "没有符合条件的批次" in told(keeper.get("/stock/", {"band": "expired"}))
    assert "DA26031" not in told(keeper.get("/stock/", {"zone": "WH-BJ-C"}))
    assert "没有符合条件的批次" in told(keeper.get("/stock/", {"quality": "held"}))


def test_a_keeper_who_reads_english_finds_everything_in_english(shop, keeper):
    shop.keeper.language = "en"
    shop.keeper.save()
    body = told(keeper.get("/stock/"))
    for word in (
        "Stock by lot",
        "Fish oil softgels",
        "3 products, 4 lots",
        "Within 30 days",
        "Pick and issue",
        "7 months",
    ):
        assert word in body
    assert "20 days" in told(keeper.get("/stock/slow-lots/"))
    assert "Multivitamin tablets" in told(keeper.get("/products/"))


def test_other_peoples_warehouses_do_not_exist(shop, keeper, login):
    open_with_zones(node=shop.sh, code="WH-SH", keeper=shop.sh_manager, by=shop.admin, at=shop.at)
    assert keeper.get("/stock/", {"warehouse": "WH-SH"}).status_code == 404
    assert "您的机构还没有库房" not in told(login(shop.sh_manager).get("/stock/"))
    assert login(shop.consulting).get("/stock/").status_code == 403
    assert keeper.get("/stock/central/").status_code == 403
    pk = balance("DA26031").pk
    assert login(shop.sh_manager).get(f"/stock/balances/{pk}/").status_code == 404


def test_the_manager_looks_but_does_not_touch(shop, lots, login):
    browser = login(shop.manager)
    body = told(browser.get("/stock/"))
    assert ("DA26031" in body, "拣货出库" in body) == (True, False)
    pk = balance("DA26031").pk
    assert "按实数调整" not in told(browser.get(f"/stock/balances/{pk}/"))
    for path in ("receipts/new/", "issues/new/"):
        assert browser.get(f"/stock/{path}").status_code == 403
    for path in ("count", "quality", "zone", "exchange"):
        assert browser.post(f"/stock/balances/{pk}/{path}/", {"packs": "1"}).status_code == 403
    assert balance("DA26031").quantity == 12


def test_the_keeper_receives_two_lines_and_prints_the_slip(shop, keeper):
    assert "入库" in told(keeper.get("/stock/receipts/new/"))
    first = {"product": product("N-014").pk, "lot": "DA26099", "expiry": "2028-01-31", "packs": "10", "quality": "good"}
    more = keeper.post("/stock/receipts/new/", lines(first, received_on="2026-11-23", more="1"))
    assert (more.status_code, "第 2 行" in told(more), "DA26099" in told(more)) == (200, True, True)
    second = {"product": product("N-017").pk, "lot": "DC26099", "packs": "5", "quality": "good"}
    wrong = keeper.post("/stock/receipts/new/", lines(first, second, received_on="2026-11-23"))
    assert (wrong.status_code, "有效期还没填" in told(wrong), Receipt.objects.count()) == (422, True, 1)
    assert wrong.context["formset"][1].errors == {"expiry": ["有效期还没填"]}
    done = keeper.post(
        "/stock/receipts/new/",
        lines(first, second | {"expiry": "2027-12-31"}, received_on="2026-11-23", supplier="甲厂"),
    )
    slip = Receipt.objects.latest("pk")
    assert (done.status_code, done.url) == (302, f"/stock/receipts/{slip.pk}/")
    assert "DC26099" in told(keeper.get(done.url))
    printed = keeper.post(f"/stock/receipts/{slip.pk}/prints/")
    assert printed.url == f"/prints/{Print.objects.get().pk}.pdf"


def test_the_keeper_sees_the_proposed_lots_and_issues(keeper):
    wanted = {"product": product("N-014").pk, "packs": "30"}
    shown = told(keeper.post("/stock/issues/new/", lines(wanted, purpose="", look="1")))
    assert "DA26031（2027-06-30）× 12；DA26072（2027-09-30）× 18" in shown
    assert keeper.post("/stock/issues/new/", lines(wanted, purpose="")).status_code == 422
    short = keeper.post("/stock/issues/new/", lines(wanted | {"packs": "53"}, purpose="讲座"))
    assert (short.status_code, "要 53 瓶，可用 52" in told(short)) == (409, True)
    done = keeper.post("/stock/issues/new/", lines(wanted, purpose="讲座"))
    assert done.url == f"/stock/issues/{IssueSlip.objects.get().pk}/"
    assert balance("DA26072").quantity == 22
    assert "CK2600001" in told(keeper.get("/stock/issues/"))


def test_another_lot_is_taken_only_with_a_reason(keeper):
    wanted = {"product": product("N-014").pk, "packs": "5", "lot": "DA26072"}
    assert keeper.post("/stock/issues/new/", lines(wanted | {"lot": "NONE"}, purpose="讲座")).status_code == 422
    refused = keeper.post("/stock/issues/new/", lines(wanted, purpose="讲座"))
    assert (refused.status_code, "请写明原因" in told(refused)) == (409, True)
    assert (
        keeper.post("/stock/issues/new/", lines(wanted | {"reason": "旧批压在里面"}, purpose="讲座")).status_code == 302
    )
    assert balance("DA26031").quantity == 12


@pytest.fixture
def slip(keeper):
    keeper.post("/stock/issues/new/", lines({"product": product("N-014").pk, "packs": "30"}, purpose="讲座"))
    return IssueSlip.objects.get()


@pytest.mark.req("RPT-008", part="issue slip")
def test_the_issue_slip_is_printed_with_its_detail_list(shop, keeper, slip):
    says = documents.issue_slip(slip.pk)
    assert (says["number"], says["node"], says["packs"], says["purpose"]) == ("CK2600001", "北京朝阳中心", 30, "讲座")
    assert [(one.lot.product.zh, one.lot.code, one.packs) for one in says["lines"]] == [
        ("深海鱼油软胶囊", "DA26031", 12),
        ("深海鱼油软胶囊", "DA26072", 18),
    ]
    done = keeper.post(f"/stock/issues/{slip.pk}/prints/")
    made = Print.objects.get(document="stock.issue_slip", subject_id=slip.pk)
    assert (done.status_code, done.url) == (302, f"/prints/{made.pk}.pdf")
    pdf = keeper.get(done.url)
    assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
    again = keeper.post(f"/stock/issues/{slip.pk}/prints/")
    assert (again.status_code, Print.objects.latest("pk").copy_number) == (302, 2)
    assert AuditEntry.objects.filter(code="printing.printed", subject_id=slip.pk).count() == 2


def test_a_part_of_a_slip_comes_back(keeper, slip):
    first, second = slip.lines.order_by("pk")
    given = {f"packs_{first.pk}": "0", f"packs_{second.pk}": "3", "quality": "good", "reason": "多拿了"}
    assert "退回库房" in told(keeper.get(f"/stock/issues/{slip.pk}/"))
    assert keeper.post(f"/stock/issues/{slip.pk}/return/", given | {f"packs_{second.pk}": "19"}).status_code == 422
    assert keeper.post(f"/stock/issues/{slip.pk}/return/", given).status_code == 302
    assert (balance("DA26031").quantity, balance("DA26072").quantity) == (0, 25)


def test_the_keeper_corrects_a_lot(shop, keeper):
    pk = balance("DA26031").pk
    page = f"/stock/balances/{pk}/"
    assert "按实数调整" in told(keeper.get(page))
    assert keeper.post(f"{page}count/", {"seen": "12", "counted": "11", "reason": ""}).status_code == 422
    assert keeper.post(f"{page}count/", {"seen": "12", "counted": "11", "reason": "少一瓶"}).status_code == 302
    assert keeper.post(f"{page}quality/", {"packs": "2", "quality": "damaged", "reason": "压裂"}).status_code == 302
    refused = keeper.post(f"{page}quality/", {"packs": "99", "quality": "damaged", "reason": "压裂"})
    assert (refused.status_code, "现在只有 9" in told(refused)) == (409, True)
    cold = Warehouse.objects.get(code="WH-BJ").zones.get(code="WH-BJ-C")
    assert keeper.post(f"{page}zone/", {"packs": "1", "zone": cold.pk, "reason": "错放"}).status_code == 409
    fresh = {"packs": "1", "lot": "DA27001", "expiry": "2028-06-30", "reason": "换货"}
    assert keeper.post(f"{page}exchange/", fresh).status_code == 302
    assert (balance("DA26031").quantity, balance("DA27001").quantity) == (8, 1)
    body = told(keeper.get("/stock/products/N-014/"))
    for word in ("压裂", "少一瓶", "DA27001", "破损", "换货"):
        assert word in body


@pytest.mark.req("STK-014", part="slow sellers")
def test_slow_lots_are_on_the_keepers_list_and_workbench(shop, keeper, lots):
    body = told(keeper.get("/stock/slow-lots/"))
    assert body.index("DB26044") < body.index("DC26080")
    assert "DA26031" not in body
    (item,) = slots.work["stock"](shop.keeper, shop.at)
    assert (item.what, item.url) == ("2 批快到期卖不完，其中 1 批很急", "/stock/slow-lots/?warehouse=WH-BJ")
    checked = keeper.post(f"/stock/lots/{lots['DB26044'].pk}/checks/", {"warehouse": "WH-BJ", "note": "找厂家换"})
    assert checked.url == "/stock/slow-lots/?warehouse=WH-BJ"
    assert "没查看过" in told(keeper.get("/stock/slow-lots/"))
    assert list(slots.work["stock"](shop.manager, shop.at)) == []


def test_slips_and_lots_are_found_by_number(shop, keeper, slip):
    find = slots.search["stock"].find
    assert [hit.title for hit in find(shop.keeper, "ck26", 5)] == ["CK2600001"]
    assert [hit.title for hit in find(shop.keeper, "DA26", 5)] == ["DA26031", "DA26072"]
    assert find(shop.sh_manager, "ck26", 5) == []


def test_the_administrator_opens_a_warehouse(shop, login):
    browser = login(shop.admin)
    given = {"code": "WH-SH", "zh": "徐汇中心库房", "node": shop.sh.pk, "keeper": "3003"}
    assert browser.post("/stock/warehouses/", given | {"keeper": "9999"}).status_code == 422
    assert browser.post("/stock/warehouses/", given).status_code == 302
    made = Warehouse.objects.get(code="WH-SH")
    assert [zone.code for zone in made.zones.all()] == ["WH-SH-C", "WH-SH-N", "WH-SH-Q"]
    assert browser.post("/stock/warehouses/", given).status_code == 422
    assert browser.post("/stock/warehouses/WH-SH/keeper/", {"keeper": ""}).status_code == 302
    assert "徐汇中心库房" in told(browser.get("/stock/warehouses/"))
    assert login(shop.keeper).get("/stock/warehouses/").status_code == 403


def test_the_pages_cost_the_same_however_much_there_is(shop, beijing, keeper, django_assert_max_num_queries):
    codes = Product.objects.values_list("code", flat=True)
    rows = [(code, f"{code}-{n}", 5, date(2028, 1 + n, 28)) for code in codes for n in range(6)]
    stock_in(beijing, rows, by=shop.keeper, at=shop.at)
    keeper.get("/stock/")
    with django_assert_max_num_queries(30):
        body = told(keeper.get("/stock/"))
    assert "更多品种" in body
