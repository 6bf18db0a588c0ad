"""Stock as programs read it."""

from datetime import date

import pytest

from kefu.foundation.api.actions import issue_token
from kefu.products.models import Product
from kefu.stock.actions import change_quality
from kefu.stock.models import Balance
from kefu.stock.testing import stock_in


@pytest.fixture
def ask(shop, client, settings):
    settings.TEST_CLOCK = True

    def get(user, **query):
        token = issue_token(user=user, name="test", by=shop.admin, at=shop.at)
        return client.get(
            "/api/v1/stock", query, headers={"Authorization": f"Bearer {token}", "X-Kefu-At": shop.at.isoformat()}
        )

    return get


def test_stock_is_told_lot_by_lot_within_reach(shop, beijing, central, ask):
    stock_in(
        beijing,
        [("N-014", "DA26031", 12, date(2027, 6, 30)), ("N-001", "DB", 3, date(2028, 1, 31))],
        by=shop.keeper,
        at=shop.at,
    )
    stock_in(central, [("N-014", "DA26091", 300, date(2028, 3, 31))], by=shop.central_keeper, at=shop.at)
    change_quality(
        balance=Balance.objects.get(lot__code="DA26031"),
        packs=2,
        quality="damaged",
        reason="压裂",
        by=shop.keeper,
        at=shop.at,
    )
    items = ask(shop.keeper, product="N-014").json()["items"]
    assert [(one["lot"], one["zone"], one["quality"], one["quantity"], one["available"]) for one in items] == [
        ("DA26031", "WH-BJ-N", "good", 10, 10),
        ("DA26031", "WH-BJ-Q", "damaged", 2, 0),
    ]
    assert (items[0]["expiry"], items[0]["received_on"], items[0]["name"]) == (
        "2027-06-30",
        "2026-11-23",
        "深海鱼油软胶囊",
    )
    pk = Product.objects.get(code="N-014").pk
    by_id = ask(shop.product_manager, product=f"prd_{pk}", warehouse=f"whs_{central.pk}").json()["items"]
    assert [(one["warehouse"], one["product"], one["quantity"]) for one in by_id] == [("WH-HQ", "N-014", 300)]
    assert ask(shop.keeper, warehouse="WH-HQ").status_code == 404
    assert ask(shop.consulting).status_code == 403
    assert len(ask(shop.product_manager).json()["items"]) == 4
