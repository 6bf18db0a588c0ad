"""With a customer on the line: what there is, what it costs here, and what to offer instead (PRD-006, PRD-014)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from kefu.organisation.models import User
from kefu.products.actions import set_price
from kefu.products.models import Product
from kefu.sales import advising
from kefu.stock.testing import stock_in
from kefu.testing.cast import Cast
from kefu.testing.stories import stocked_centre

Login = Callable[[User], Client]


@pytest.mark.req("PRD-006", part="search")
@pytest.mark.req("PRD-014", part="alternatives")
def test_an_agent_finds_tells_the_price_and_offers_something_else(cast: Cast, login: Login) -> None:
    warehouse = stocked_centre(cast)
    june = date(2028, 6, 30)
    stock_in(warehouse, [("N-018", "G18", 5, june), ("N-020", "G20", 3, june), ("N-019", "G19", 9, june)],
             by=cast.keeper, at=cast.at)  # fmt: skip
    agent = login(cast.service)
    page = agent.get("/product-desk/", {"node": "BJ", "q": "纯素 胶囊壳"}).content.decode()
    assert "甘氨酸镁胶囊" in page and "益生菌粉" not in page
    assert [one.code for one in advising.advised("鱼油 液体")] == ["N-015"]
    assert [one.code for one in advising.advised("shyy")] == ["N-014"]
    assert [one.code for one in advising.advised("500 克")] == ["N-022", "N-023"]
    probiotics = Product.objects.get(code="N-017")
    (wanted,) = advising.told([probiotics], cast.bj, cast.at)
    assert (wanted.price, wanted.packs) == (Decimal("268.00"), 0)
    equal, cheaper = advising.instead_of(wanted, cast.bj, cast.at)
    assert (equal, [(one.product.code, one.packs) for one in cheaper]) == ([], [("N-020", 3), ("N-019", 9)])
    powder = Product.objects.get(code="N-018")
    set_price(product=powder, price=Decimal("268"), starts_on=cast.at.date(), node=cast.bj, reason="活动",
              by=cast.product_manager, at=cast.at)  # fmt: skip
    equal, _cheaper = advising.instead_of(wanted, cast.bj, cast.at)
    assert [(one.product.code, one.price, one.packs) for one in equal] == [("N-018", Decimal("268.00"), 5)]
    page = agent.get("/product-desk/", {"node": "BJ", "product": "N-017"}).content.decode()
    assert "断货" in page and "益生菌粉" in page and "没有同类同价有货" not in page
    assert "5 盒" not in page, "how many there are is for who may see the stock"
    assert "5 盒" in login(cast.manager).get("/product-desk/", {"product": "N-018"}).content.decode()
    shanghai = agent.get("/product-desk/", {"node": "SH", "product": "N-017"}).content.decode()
    assert "没有同类同价有货的产品" in shanghai and "没有同类更便宜有货的产品" in shanghai
    scanned = agent.get("/product-desk/", {"q": "2000000000145"}).content.decode()
    assert "深海鱼油软胶囊" in scanned
    assert "条码的校验位不对" in agent.get("/product-desk/", {"q": "2000000000146"}).content.decode()
    assert "没有找到在售的产品" in agent.get("/product-desk/", {"q": "没有的"}).content.decode()
    assert agent.get("/product-desk/", {"node": "XX"}).status_code == 404
    assert agent.get("/product-desk/", {"product": "S-K-BLOOD"}).status_code == 404
    assert login(cast.director).get("/product-desk/").status_code == 403
