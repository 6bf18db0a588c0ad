"""Nothing is sold of which the facts are missing, and what colleagues find wrong is put right (PRD-015)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kefu.foundation.audit.trail import Subject
from kefu.foundation.files.actions import attach
from kefu.foundation.files.tests.samples import PNG
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.products import actions, content
from kefu.products.choices import Fact, ReportState
from kefu.products.models import Barcode, Category, FactReport, Product
from kefu.products.queries import missing_facts, packing_of, product_by_scan, products_listed, sellable_products
from kefu.sales.actions import Line, Prescribed, enter_lines, prescribe
from kefu.testing.stories import customer_of, stocked_centre

ALL = [fact.value for fact in Fact]


@pytest.fixture
def catalogue(cast):
    content.load(by=cast.admin, at=cast.at)
    return cast


@pytest.mark.req("PRD-015")
def test_a_product_is_sold_only_once_its_facts_are_complete(cast, login):
    stocked_centre(cast)
    by, oil = {"by": cast.product_manager, "at": cast.at}, Product.objects.get(code="N-014")
    customer, advice = customer_of(cast), [Prescribed(oil, 4)]
    assert sellable_products().count() == 30, "what ships is complete"
    purchase = prescribe(customer=customer, doctor=cast.doctor, products=advice, by=cast.doctor, at=cast.at)
    category = actions.need_facts(category=oil.category, facts=ALL, **by)
    assert category.needed_facts == ALL
    actions.edit_product(product=oil, values={"cautions": ""}, **by)
    oil = Product.objects.select_related("category").get(code="N-014")
    assert missing_facts([oil]) == {oil.pk: (Fact.CAUTIONS, Fact.PICTURE)}
    words = "深海鱼油软胶囊 资料不全，还不能卖：缺注意事项、图片。请产品部补齐"
    with pytest.raises(Invalid) as refusal:
        prescribe(customer=customer, doctor=cast.doctor, products=[Prescribed(oil, 4)], by=cast.doctor, at=cast.at)
    assert [(one.code, str(one.message)) for one in refusal.value.errors] == [("facts_missing", words)]
    with pytest.raises(Refused, match=words):
        enter_lines(purchase=purchase, lines=[Line(oil, 3)], by=cast.manager, at=cast.at)
    form = login(cast.doctor).get(f"/customers/{customer.pk}/purchases/new/").content.decode()
    assert (f"intake_{oil.pk}" in form, "intake_" in form) == (False, True)
    page = login(cast.product_manager).get("/products/", {"show": "incomplete"}).content.decode()
    assert "缺注意事项、图片" in page and "N-001" not in page
    assert "资料不全，现在不能开、不能卖" in login(cast.doctor).get("/products/N-014/").content.decode()
    listed = set(products_listed(cast.admin, {"show": "incomplete"}, cast.at).values_list("code", flat=True))
    assert listed == {"N-014", "N-015", "N-016"}, "the database says the same as the rule"
    attach(
        subject=Subject("products.product", oil.pk),
        customer_id=None,
        kind="picture",
        upload=SimpleUploadedFile("oil.png", PNG),
        **by,
    )
    actions.edit_product(product=oil, values={"cautions": "鱼类过敏者不用"}, **by)
    assert missing_facts([Product.objects.select_related("category").get(pk=oil.pk)]) == {}
    enter_lines(purchase=purchase, lines=[Line(oil, 3)], by=cast.manager, at=cast.at)
    Barcode.objects.filter(product=oil).delete()
    assert not sellable_products().filter(pk=oil.pk).exists()
    with pytest.raises(Invalid):
        actions.need_facts(category=category, facts=["colour"], **by)
    with pytest.raises(Forbidden):
        actions.need_facts(category=category, facts=[], by=cast.manager, at=cast.at)


def test_a_catalogue_from_before_needs_no_facts_until_somebody_says_which(catalogue):
    Category.objects.update(needed_facts=[])
    Product.objects.update(material="", cautions="")
    assert sellable_products().count() == 30


@pytest.mark.req("PRD-015")
def test_an_error_is_reported_corrected_or_answered_and_who_found_it_hears(catalogue, login):
    cast, oil = catalogue, Product.objects.get(code="N-014")
    agent, supervisor = login(cast.service), login(cast.product_manager)
    sent = agent.post("/products/N-014/reports/", {"fact": "material", "text": "配料里漏写了甘油"})
    assert (sent.status_code, sent.url) == (302, "/products/N-014/")
    assert agent.post("/products/N-014/reports/", {"fact": "material", "text": " "}).status_code == 422
    assert agent.post("/products/N-014/reports/", {"fact": "colour", "text": "x"}).status_code == 422
    report = FactReport.objects.get()
    assert "深海鱼油软胶囊：成分或材质" in supervisor.get("/").content.decode(), "it is work of who keeps the catalogue"
    address = f"/product-reports/{report.pk}/settlement/"
    assert agent.get(address).status_code == 403
    assert "配料里漏写了甘油" in supervisor.get(address).content.decode()
    same = supervisor.post(address, {"state": "corrected", "value": oil.material, "answer": "改好了"})
    assert (same.status_code, "和现在的内容一样" in same.content.decode()) == (422, True)
    done = supervisor.post(address, {"state": "corrected", "value": "鱼油、甘油", "answer": "改好了"})
    assert done.status_code == 302
    oil.refresh_from_db()
    report.refresh_from_db()
    assert (oil.material, report.state, report.settled_by) == ("鱼油、甘油", "corrected", cast.product_manager)
    assert Notice.objects.get(user=cast.service).text == "您报的 深海鱼油软胶囊 资料错误已更正：改好了"
    late = supervisor.post(address, {"state": "answered", "answer": "没错"})
    assert (late.status_code, "已经有人处理过了" in late.content.decode()) == (409, True)
    other = actions.report_error(product=oil, fact="barcode", text="扫不出来", by=cast.service, at=cast.at)
    told = {"answer": "用新的扫码枪", "by": cast.admin, "at": cast.at}
    actions.settle_report(report=other, state=ReportState.ANSWERED, **told)
    assert (
        Notice.objects.filter(user=cast.service).latest("pk").text == "您报的 深海鱼油软胶囊 资料核对无误：用新的扫码枪"
    )
    shown = agent.get("/product-reports/", {"state": "answered"}).content.decode()
    assert "扫不出来" in shown and "漏写了甘油" not in shown


def test_every_field_of_the_facts_is_edited_on_the_page(catalogue, login):
    manager = login(catalogue.product_manager)
    shown = manager.get("/products/N-005/edition/").context["form"]
    values = {name: shown[name].value() for name in shown.fields}
    given = {name: value for name, value in values.items() if value is not None and value is not False}
    steps = "先包气泡膜\n\n 再装纸箱 "
    assert manager.post("/products/N-005/edition/", given | {"packing": steps, "features": "滴剂"}).status_code == 302
    drops = Product.objects.get(code="N-005")
    assert (drops.packing, packing_of(drops)) == (["先包气泡膜", "再装纸箱"], ("先包气泡膜", "再装纸箱"))
    assert "滴剂" in drops.words
    oil, kit = Product.objects.get(code="N-014"), Product.objects.get(code="S-K-BLOOD")
    assert (packing_of(oil), packing_of(kit)) == ((), ("气泡膜包好", "装进纸箱", "箱内无空隙"))
    long = manager.post("/products/N-005/edition/", given | {"packing": "一步\n" * 21})
    assert (long.status_code, "最多 20 步" in long.content.decode()) == (422, True)
    sent = {"gtin": "6901234567892", "case_gtin": "16901234567899", "packs_per_case": "12"}
    assert manager.post("/products/N-005/barcodes/", sent).status_code == 302
    assert product_by_scan("16901234567899")[1].count == 12
    wrong = manager.post("/products/N-005/barcodes/", {"gtin": "6901234567893"})
    assert (wrong.status_code, "最后一位校验位要对" in wrong.content.decode()) == (422, True)
    assert manager.post("/product-categories/vitamin/facts/", {"facts": ["material"]}).status_code == 302
    page = manager.get("/product-categories/").content.decode()
    assert Category.objects.get(code="vitamin").needed_facts == ["material"] and "成分或材质" in page
