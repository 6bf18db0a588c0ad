"""Labels are looked through every day, promotions planned by one and approved by another (PRD-013)."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.products import actions, content
from kefu.products.models import Category, LabelCheck, MissingLabel, PricePeriod, Product, Promotion
from kefu.products.queries import missing_listed, portions, price_on
from kefu.testing.races import at_once

D = Decimal
DEC1, JAN1 = date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture
def catalogue(cast):
    content.load(by=cast.admin, at=cast.at)
    return cast


@pytest.mark.req("PRD-013")
def test_the_keeper_looks_through_the_shelves_and_puts_back_what_is_missing(catalogue, login):
    cast, keeper = catalogue, login(catalogue.keeper)
    assert [(one.category.code, one.products) for one in portions(cast.bj, cast.at.date())] == [
        ("vitamin", 8), ("mineral", 5), ("fatty_acid", 3), ("gut", 5), ("protein", 3), ("antioxidant", 4), ("herbal", 1), ("joint", 1),
    ]  # fmt: skip
    assert "今天还有 8 类没查价签和条码" in keeper.get("/").content.decode()
    oil, dense = Product.objects.get(code="N-014"), Product.objects.get(code="N-015")
    ticked = {f"missing_{oil.pk}": ["price", "barcode"], f"missing_{dense.pk}": ["price"]}
    assert keeper.post("/product-labels/BJ/fatty_acid/", ticked).url == "/product-labels/?node=BJ"
    again = keeper.post("/product-labels/BJ/fatty_acid/", {})
    assert (again.status_code, "脂肪酸今天已由何示平查过" in again.content.decode()) == (409, True)
    assert keeper.post("/product-labels/SH/fatty_acid/", {}).status_code == 404
    assert login(cast.director).post("/product-labels/BJ/gut/", {}).status_code == 403
    told = [(one.product.code, one.kind) for one in missing_listed(cast.director, {}, cast.at)]
    assert sorted(told) == [("N-014", "barcode"), ("N-014", "price"), ("N-015", "price")]
    assert not missing_listed(cast.sh_manager, {}, cast.at).exists()
    tomorrow, missing = cast.at + timedelta(days=1), MissingLabel.objects.get(product=oil, kind="price")
    category = Category.objects.get(code="fatty_acid")
    actions.check_labels(node=cast.bj, category=category, missing=[(oil, "price")], by=cast.keeper, at=tomorrow)
    assert MissingLabel.objects.count() == 3, "still missing is the same row"
    assert keeper.post(f"/product-labels/missing/{missing.pk}/").status_code == 302
    page = keeper.get("/product-labels/?node=BJ&show=all").content.decode()
    assert "已查" in page and "补上了" in page
    with pytest.raises(Refused, match="这个标签已经补上了"):
        actions.put_label(missing=missing, by=cast.keeper, at=tomorrow)
    assert "脂肪酸" in login(cast.director).get("/product-labels/checks/").content.decode()
    for wrong in ((Product.objects.get(code="N-001"), "price"), (oil, "colour")):
        with pytest.raises(Invalid):
            actions.check_labels(
                node=cast.bj, category=category, missing=[wrong], by=cast.keeper, at=tomorrow + timedelta(days=1)
            )
    with pytest.raises(Refused, match="没有在售的产品"):
        actions.check_labels(
            node=cast.bj, category=Category.objects.get(code="kit"), missing=[], by=cast.keeper, at=tomorrow
        )
    with pytest.raises(OutOfScope):
        actions.check_labels(node=cast.sh, category=category, missing=[], by=cast.keeper, at=tomorrow)


@pytest.mark.django_db(transaction=True)
def test_two_keepers_at_one_portion_are_one_check(catalogue):
    cast, category = catalogue, Category.objects.get(code="gut")
    look = partial(actions.check_labels, node=cast.bj, category=category, missing=[], by=cast.keeper, at=cast.at)
    got = at_once([look, look])
    assert sorted(type(one).__name__ for one in got) == ["LabelCheck", "Refused"]
    assert LabelCheck.objects.count() == 1


@pytest.mark.req("PRD-013")
def test_next_months_promotion_is_planned_approved_by_another_and_becomes_prices(catalogue, login):
    cast, oil = catalogue, Product.objects.get(code="N-014")
    planner, second = login(cast.product_manager), login(cast.admin)
    form = planner.get("/promotions/new/")
    assert (form.context["form"]["starts_on"].value(), form.context["form"]["ends_before"].value()) == (DEC1, JAN1)
    assert "下个月是冬季" in form.content.decode()
    frame = {"lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0", "title": "冬补", "starts_on": "2026-12-01",
             "ends_before": "2027-01-01", "reason": "天冷吃鱼油的多", "lines-1-product": "", "lines-1-price": ""}  # fmt: skip
    lines = {"lines-0-product": str(oil.pk), "lines-0-price": "268"}
    for change, words in (
        ({"lines-0-price": ""}, "还没写活动价"),
        ({"lines-0-price": "298"}, "活动价要低于 298.00 元"),
        ({"lines-0-product": "", "lines-0-price": ""}, "至少选一种产品"),
        ({"lines-1-product": str(oil.pk), "lines-1-price": "260"}, "同一种产品只写一行"),
        ({"ends_before": "2026-12-01"}, "截止日期要晚于开始日期"),
        ({"starts_on": "2026-11-01"}, "开始日期不能早于今天"),
        ({"title": ""}, "这一项还没填"),
    ):
        refused = planner.post("/promotions/new/", frame | lines | change)
        assert (refused.status_code, words in refused.content.decode()) == (422, True), words
    assert not Promotion.objects.exists()
    made = planner.post("/promotions/new/", frame | lines)
    plan = Promotion.objects.get()
    assert (made.url, plan.season) == (f"/promotions/{plan.pk}/", "winter")
    address = f"/promotions/{plan.pk}/decision/"
    own = planner.post(address, {"verb": "approve"})
    assert (own.status_code, "请另一位同事审批" in own.content.decode()) == (409, True)
    assert "冬补" in second.get("/").content.decode(), "it is work of the other"
    assert second.post(address, {"verb": "decline", "decision": ""}).status_code == 422
    assert second.post(address, {"verb": "whatever"}).status_code == 422
    assert second.post(address, {"verb": "approve", "decision": "同意"}).status_code == 302
    assert [price_on(oil, cast.bj.pk, day) for day in (date(2026, 11, 30), DEC1, JAN1)] == [D(298), D(268), D(298)]
    assert second.post(address, {"verb": "decline", "decision": "晚了"}).status_code == 409
    assert "冬补" in planner.get("/promotions/?season=winter").content.decode()
    assert "冬补" not in planner.get("/promotions/?season=summer").content.decode()
    by = {"by": cast.product_manager, "at": cast.at}
    terms = {"starts_on": date(2026, 12, 31), "ends_before": date(2027, 2, 1), "reason": "年货"}
    clash = actions.plan_promotion(title="年货", lines=[actions.Offered(oil, D(258))], **terms, **by)
    with pytest.raises(Refused, match="已有促销价"):
        actions.decide_promotion(promotion=clash, approve=True, decision="", by=cast.admin, at=cast.at)
    with pytest.raises(Refused, match="开始日期已过"):
        late = cast.at + timedelta(days=60)
        actions.decide_promotion(promotion=clash, approve=True, decision="", by=cast.admin, at=late)
    with pytest.raises(Invalid):
        actions.drop_promotion(promotion=clash, reason="", **by)
    dropped = actions.drop_promotion(promotion=clash, reason="和冬补撞了", **by)
    assert (dropped.state, PricePeriod.objects.count()) == ("dropped", 1)
    with pytest.raises(Forbidden):
        actions.plan_promotion(title="x", lines=[], **terms, by=cast.manager, at=cast.at)
