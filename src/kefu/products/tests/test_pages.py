"""The catalogue's pages: everybody with the right reads, the administrator and the product manager change."""

import pytest

from kefu.products import content
from kefu.products.models import Analyte, Package, Product, TestItem


@pytest.fixture
def admin(cast, login):
    content.load(by=cast.admin, at=cast.at)
    return login(cast.admin)


@pytest.fixture
def manager(cast, login, admin):
    return login(cast.manager)


def told(response):
    return response.content.decode()


def test_the_manager_finds_a_product_and_reads_it(manager):
    body = told(manager.get("/products/", {"q": "shyy"}))
    assert "深海鱼油软胶囊" in body
    assert "复合维生素片" not in body
    assert "没有找到产品" in told(manager.get("/products/", {"q": "没有的"}))
    assert "维生素 D3 滴剂" not in told(manager.get("/products/", {"category": "mineral"}))
    body = told(manager.get("/products/N-014/"))
    for word in (
        "120 粒/瓶",
        "¥298.00",
        "常温库",
        "20–25 ℃",
        "先到期先出",
        "演示数据：医学内容须由执业医师审核、替换后方可使用。",
    ):
        assert word in body
    assert "调价" not in body
    assert manager.get("/products/N-999/").status_code == 404


def test_the_manager_reads_but_cannot_change(manager):
    assert manager.post("/products/N-014/price/", {"price": "1", "reason": "x"}).status_code == 403
    assert manager.get("/products/N-014/edition/").status_code == 403
    assert manager.get("/products/new/").status_code == 403
    assert str(Product.objects.get(code="N-014").price) == "298.00"


def test_the_administrator_changes_a_price_with_a_reason(admin):
    refused = admin.post("/products/N-014/price/", {"price": "-1", "reason": ""})
    assert refused.status_code == 422
    assert "不能小于 0" in told(refused)
    same = admin.post("/products/N-014/price/", {"price": "298", "reason": "没变"})
    assert (same.status_code, "和现在的价格一样" in told(same)) == (422, True)
    done = admin.post("/products/N-014/price/", {"price": "318", "reason": "厂家调价"})
    assert (done.status_code, done.url) == (302, "/products/N-014/")
    body = told(admin.get("/products/N-014/"))
    assert "¥298.00" in body
    assert "¥318.00" in body
    assert "厂家调价" in body


def test_the_administrator_edits_and_adds_products(admin):
    form = admin.get("/products/N-014/edition/").context["form"]
    given = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    posted = {
        name: getattr(value, "pk", value) for name, value in given.items() if value is not None and value is not False
    }
    done = admin.post("/products/N-014/edition/", posted | {"zh": "深海鱼油", "pieces_per_pack": "100"})
    assert done.status_code == 302
    product = Product.objects.get(code="N-014")
    assert (product.zh, product.pieces_per_pack, product.fragile, product.dated) == ("深海鱼油", 100, False, True)
    wrong = admin.post("/products/N-014/edition/", posted | {"zh": "", "pieces_per_pack": "0"})
    assert wrong.status_code == 422
    added = admin.post("/products/new/", posted | {"code": "n-031", "price": "99.00", "zh": "新品"})
    assert added.status_code == 302
    assert Product.objects.get(code="N-031").zh == "新品"
    again = admin.post("/products/new/", posted | {"code": "N-031", "price": "99.00", "zh": "新品"})
    assert (again.status_code, "已经有产品在用" in told(again)) == (422, True)


def test_test_items_and_packages_are_listed_and_shown(manager):
    body = told(manager.get("/test-items/"))
    for word in ("一般健康检查（血）", "基础健康套餐", "¥475.00", "3 工作日", "静脉采血包"):
        assert word in body
    body = told(manager.get("/test-items/T-GEN/"))
    for word in ("到达后先静坐 10 分钟再采血。", "血红蛋白", "130 – 175", "&lt; 60", "演示数据：医学内容"):
        assert word in body
    body = told(manager.get("/packages/P-BASE/"))
    for word in ("¥3,415.00", "¥3,070.00", "¥427.01"):
        assert word in body


def test_a_page_of_the_catalogue_costs_the_same_however_long(manager, django_assert_max_num_queries):
    manager.get("/products/")
    with django_assert_max_num_queries(20):
        manager.get("/products/")
    with django_assert_max_num_queries(22):
        manager.get("/test-items/")


def formset(response, **changes):
    data = {}
    for form in [response.context["formset"].management_form, *response.context["formset"]]:
        for field in form:
            value = field.value()
            data[field.html_name] = "" if value is None else value
    return data | changes


def test_the_guide_is_written_line_by_line(admin):
    shown = admin.get("/test-items/T-GEN/guide/")
    posted = formset(shown, **{"form-0-zh": "", "form-10-zh": "带上身份证。", "form-10-position": "1"})
    assert admin.post("/test-items/T-GEN/guide/", posted).status_code == 302
    lines = list(TestItem.objects.get(code="T-GEN").guide_lines.values_list("zh", flat=True))
    assert (len(lines), lines[0]) == (10, "带上身份证。")
    empty = {name: "" if name.endswith("-zh") else value for name, value in formset(shown).items()}
    refused = admin.post("/test-items/T-GEN/guide/", empty)
    assert (refused.status_code, "采样指南至少要有一条" in told(refused)) == (422, True)


def test_ranges_are_written_together(admin):
    shown = admin.get("/test-items/T-GEN/analytes/HGB/")
    posted = formset(shown, **{"form-0-age_from": "0", "critical_low": "70", "critical_high": ""})
    assert admin.post("/test-items/T-GEN/analytes/HGB/", posted).status_code == 302
    haemoglobin = Analyte.objects.get(code="HGB")
    assert (haemoglobin.critical_low, haemoglobin.ranges.get(sex="any").age_from) == (70, 0)
    upside_down = formset(shown, **{"form-0-age_from": "20", "critical_low": "", "critical_high": ""})
    refused = admin.post("/test-items/T-GEN/analytes/HGB/", upside_down)
    assert (refused.status_code, "年龄要从小到大填" in told(refused)) == (422, True)


def test_items_and_packages_are_edited(admin):
    shown = admin.get("/test-items/T-FAT/edition/").context["form"]
    initial = {name: shown.get_initial_for_field(field, name) for name, field in shown.fields.items()}
    posted = {name: getattr(value, "pk", value) for name, value in initial.items()}
    assert admin.post("/test-items/T-FAT/edition/", posted | {"turnaround_days": "12"}).status_code == 302
    assert TestItem.objects.get(code="T-FAT").turnaround_days == 12
    assert admin.post("/test-items/T-FAT/price/", {"price": "1900", "reason": "试剂涨价"}).status_code == 302
    chosen = [str(pk) for pk in TestItem.objects.filter(code__in=["T-GUT", "T-OAT"]).values_list("pk", flat=True)]
    assert admin.post("/packages/P-GUT/edition/", {"zh": "肠道", "items": chosen, "active": "on"}).status_code == 302
    assert Package.objects.get(code="P-GUT").lines.count() == 2
    assert admin.post("/packages/P-GUT/price/", {"price": "5000", "reason": "少一项"}).status_code == 302
    assert admin.post("/packages/P-GUT/confirmation/", {"reason": "何示宁审核"}).status_code == 302
    assert admin.post("/test-items/T-FAT/confirmation/", {"reason": ""}).status_code == 422
    assert admin.post("/products/N-014/confirmation/", {"reason": "何示宁审核"}).status_code == 302
    assert 'role="note"' in told(admin.get("/products/N-001/"))
    assert 'role="note"' not in told(admin.get("/products/N-014/"))
