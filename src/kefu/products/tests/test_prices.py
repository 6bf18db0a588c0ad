"""One price for a day and a place, for everybody who asks (PRD-014); lists of it are printed (RPT-008)."""

import io
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
import zxingcpp
from django.db import IntegrityError, transaction
from PIL import Image
from pypdf import PdfReader

from kefu.foundation.files import storage
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import Node
from kefu.products import actions, content
from kefu.products.models import Category, PricePeriod, Product
from kefu.products.queries import price_on, prices_on
from kefu.sales.actions import Line, Prescribed, enter_lines, prescribe
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of, stocked_centre

D = Decimal
GOLDEN = Path(__file__).parent / "golden" / "product_list.txt"
NOV23, DEC1, DEC8, JAN1 = date(2026, 11, 23), date(2026, 12, 1), date(2026, 12, 8), date(2027, 1, 1)


@pytest.fixture
def oil(cast):
    content.load(by=cast.admin, at=cast.at)
    return Product.objects.get(code="N-014")


@pytest.mark.req("PRD-014", part="fixed price")
def test_the_price_of_a_day_at_a_place_is_one_answer(cast, oil, django_assert_num_queries):
    by = {"by": cast.product_manager, "at": cast.at}
    office = Node.objects.create(code="BJ-O", zh="望京办事处", en="Office", kind="office", parent=cast.bj)
    actions.set_price(product=oil, price=D(320), starts_on=DEC1, reason="新价目", **by)
    actions.set_price(
        product=oil, price=D(310), starts_on=DEC1, ends_before=JAN1, node=cast.bj, reason="北京开业", **by
    )
    plan = actions.plan_promotion(
        title="冬季鱼油", starts_on=DEC1, ends_before=DEC8, lines=[actions.Offered(oil, D(268))], reason="冬补", **by
    )
    assert price_on(oil, cast.bj.pk, DEC1) == D(310), "a plan is no price yet"
    actions.decide_promotion(promotion=plan, approve=True, decision="", by=cast.admin, at=cast.at)
    answers = {
        (place.code if place else "", day): price_on(oil, place.pk if place else None, day)
        for place in (None, cast.bj, office, cast.sh)
        for day in (NOV23, DEC1, DEC8 - timedelta(1), DEC8, JAN1)
    }
    assert {key: answers[key] for key in answers if key[1] == NOV23} == dict.fromkeys(
        [("", NOV23), ("BJ", NOV23), ("BJ-O", NOV23), ("SH", NOV23)], D(298)
    )
    assert [answers[(place, DEC1)] for place in ("", "BJ", "BJ-O", "SH")] == [D(268)] * 4, "promotions go first"
    assert [answers[(place, DEC8 - timedelta(1))] for place in ("", "BJ")] == [D(268)] * 2
    assert [answers[(place, DEC8)] for place in ("", "BJ", "BJ-O", "SH")] == [D(320), D(310), D(310), D(320)]
    assert [answers[(place, JAN1)] for place in ("", "BJ", "BJ-O", "SH")] == [D(320)] * 4, "the end is not in it"
    later = cast.at + timedelta(days=2)
    actions.change_price(entry=oil, price=D(305), reason="厂家调价", by=cast.admin, at=later)
    days = [price_on(oil, None, NOV23 + timedelta(number)) for number in (0, 1, 2)]
    assert days == [D(298), D(298), D(305)], "what a day cost does not change afterwards"
    many = list(Product.objects.all())
    with django_assert_num_queries(3):
        assert len(prices_on(many, cast.bj.pk, DEC1)) == 39


def test_a_purchase_takes_the_price_of_its_day_and_keeps_it(cast):
    stocked_centre(cast)
    oil, by = Product.objects.get(code="N-014"), {"by": cast.product_manager, "at": cast.at}
    period = actions.set_price(product=oil, price=D("288.00"), starts_on=NOV23, node=cast.bj, reason="开业", **by)
    customer = customer_of(cast)
    purchase = prescribe(
        customer=customer, doctor=cast.doctor, products=[Prescribed(oil, 4)], by=cast.doctor, at=cast.at
    )
    assert purchase.lines.get().unit_price == D("288.00")
    tomorrow = cast.at + timedelta(days=1)
    actions.end_price(period=period, on=tomorrow.date(), reason="开业结束", by=cast.product_manager, at=cast.at)
    enter_lines(purchase=purchase, lines=[Line(oil, 3)], by=cast.manager, at=tomorrow)
    assert (purchase.lines.get().unit_price, purchase.lines.get().amount) == (D("298.00"), D("894.00"))
    assert price_on(oil, cast.bj.pk, NOV23) == D("288.00")


def test_overlapping_days_are_refused_and_what_is_over_is_not_rewritten(cast, oil):
    by = {"by": cast.product_manager, "at": cast.at}
    first = actions.set_price(product=oil, price=D(320), starts_on=DEC1, ends_before=JAN1, reason="价目", **by)
    good = {"product": oil, "price": D(1), "starts_on": JAN1, "reason": "x"}
    for change, field, code in (
        ({"starts_on": DEC8}, "starts_on", "overlaps"),
        ({"starts_on": NOV23}, "starts_on", "overlaps"),
        ({"starts_on": NOV23 - timedelta(1), "ends_before": NOV23}, "starts_on", "past"),
        ({"ends_before": JAN1}, "ends_before", "order"),
        ({"reason": " "}, "reason", "required"),
        ({"price": D("-1")}, "price", "min_value"),
        ({"price": D("1.001")}, "price", "amount"),
        ({"product": Product.objects.get(code="S-K-BLOOD")}, "product", "not_sold"),
    ):
        with pytest.raises(Invalid) as refusal:
            actions.set_price(**good | change, **by)
        assert [(one.field, one.code) for one in refusal.value.errors] == [(field, code)]
    assert PricePeriod.objects.count() == 1
    with pytest.raises(IntegrityError, match="price_period_apart"), transaction.atomic():
        PricePeriod.objects.create(product=oil, kind="list", days=first.days, price=1, reason="x", **by)
    actions.set_price(**good, **by)
    for day, reason, field in ((NOV23 - timedelta(1), "x", "on"), (JAN1, "x", "on"), (DEC8, " ", "reason")):
        with pytest.raises(Invalid) as refusal:
            actions.end_price(period=first, on=day, reason=reason, **by)
        assert refusal.value.errors[0].field == field
    ended = actions.end_price(period=first, on=DEC8, reason="提前换价", **by)
    assert (ended.told_days, price_on(oil, None, DEC8)) == ("2026-12-01 – 2026-12-07", D(298))
    called_off = actions.end_price(period=first, on=NOV23, reason="不做了", **by)
    assert (called_off.called_off, price_on(oil, None, DEC1)) == (True, D(298))
    with pytest.raises(Refused):
        actions.end_price(period=first, on=NOV23, reason="再来", **by)
    with pytest.raises(Forbidden):
        actions.set_price(**good, by=cast.manager, at=cast.at)


@pytest.mark.django_db(transaction=True)
def test_two_people_price_the_same_days_and_one_is_told(cast, oil):
    people = (cast.product_manager, cast.admin)

    def price(by):
        return actions.set_price(product=oil, price=D(by.pk), starts_on=DEC1, reason="同时", by=by, at=cast.at)

    got = at_once([partial(price, by) for by in people])
    assert sorted(type(one).__name__ for one in got) == ["Invalid", "PricePeriod"]
    (refused,) = [one for one in got if isinstance(one, Invalid)]
    assert (refused.errors[0].code, PricePeriod.objects.count()) == ("overlaps", 1)


def test_prices_are_set_and_ended_on_the_product_page(cast, oil, login):
    manager, doctor = login(cast.product_manager), login(cast.doctor)
    sent = {"price": "280", "node": cast.bj.pk, "starts_on": "2026-11-23", "ends_before": "", "reason": "开业价"}
    assert manager.post("/products/N-014/periods/", sent).status_code == 302
    again = manager.post("/products/N-014/periods/", sent)
    assert (again.status_code, "这些日子里已有价目" in again.content.decode()) == (422, True)
    assert doctor.post("/products/N-014/periods/", sent).status_code == 403
    listed = doctor.get("/product-prices/").content.decode()
    assert "开业价" in listed and "¥280.00" in listed and "北京朝阳中心" in listed
    (period,) = PricePeriod.objects.all()
    wrong = manager.post(f"/product-prices/{period.pk}/ending/", {"on": "2026-11-22", "reason": "x"})
    assert (wrong.status_code, "最早从今天起结束" in wrong.content.decode()) == (422, True)
    assert (
        manager.post(f"/product-prices/{period.pk}/ending/", {"on": "2026-11-23", "reason": "错了"}).status_code == 302
    )
    assert "错了" not in doctor.get("/product-prices/").content.decode()
    assert "错了" in doctor.get("/product-prices/?show=all").content.decode()


@pytest.mark.req("RPT-008", part="product list")
def test_the_product_list_is_printed_with_prices_and_barcodes_a_scanner_reads(cast, oil, tmp_path, login):
    actions.set_price(
        product=oil, price=D("288"), starts_on=NOV23, node=cast.bj, reason="开业", by=cast.product_manager, at=cast.at
    )
    fats = Category.objects.get(code="fatty_acid")
    made = actions.print_list(day=NOV23, node=cast.bj, category=fats, by=cast.manager, at=cast.at)
    pdf = tmp_path / "list.pdf"
    pdf.write_bytes(storage.read(made.file))
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.read_bytes())).pages)
    assert text.split() == GOLDEN.read_text(encoding="utf-8").split()
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "-png", pdf, tmp_path / "page"], check=True)
    (image,) = tmp_path.glob("page*.png")
    read = {(str(one.format), one.text) for one in zxingcpp.read_barcodes(Image.open(image))}
    assert {number for kind, number in read if "EAN" in kind} == {"2000000000145", "2000000000152", "2000000000169"}
    copy = actions.print_list(day=NOV23, node=cast.bj, category=fats, by=cast.manager, at=cast.at)
    assert (copy.version, copy.copy_label) == (1, "副本 1")
    kits = Category.objects.get(code="kit")
    refused = login(cast.manager).post("/product-list/", {"day": "2026-11-23", "category": kits.pk})
    assert (refused.status_code, "没有在售的产品" in refused.content.decode()) == (422, True)
