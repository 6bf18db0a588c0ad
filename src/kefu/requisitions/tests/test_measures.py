"""How exact, quick and free of errors a warehouse is, from what really happened there (STK-009)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.requisitions.choices import State
from kefu.requisitions.testing import arrive, send
from kefu.stock import queries
from kefu.stock.actions import adjust, count_lines, explain, give_back, issue, open_stocktake, post_stocktake
from kefu.stock.models import Balance, Warehouse
from kefu.stock.testing import open_with_zones, stock_in

pytestmark = pytest.mark.django_db
JUNE = date(2027, 6, 30)


def said(warehouses, since, until):
    rows = queries.measured(warehouses, since, until)
    return {row.warehouse.code: {one.measure.code: (one.words, one.figure and one.figure.of) for one in row.measured} for row in rows}  # fmt: skip


@pytest.mark.req("STK-009")
def test_accuracy_time_to_issue_and_share_without_errors(shop, hands, taken_to, central, beijing, fish_oil, login):
    at, today = shop.at, shop.at.date()
    for hours, short in ((6, 0), (2, 1)):
        one = send(taken_to(State.APPROVED, ((fish_oil, 4),)), by=shop.central_keeper, at=at + timedelta(hours=hours))
        arrive(one, hands, at + timedelta(hours=9), short=short)
    rows = [("N-001", "X", 10, JUNE), ("N-017", "Y", 10, JUNE)]
    for row in rows:
        stock_in(beijing, [row], by=shop.keeper, at=at)
    x, y = (Balance.objects.get(warehouse=beijing, lot__code=lot) for lot in "XY")
    adjust(balance=x, seen=10, counted=9, reason="少一盒", by=shop.keeper, at=at + timedelta(days=2))
    adjust(balance=y, seen=10, counted=8, reason="多天以后", by=shop.keeper, at=at + timedelta(days=7))
    for packs, back in ((1, False), (2, True), (1, False)):
        slip = issue(warehouse=beijing, lines=[(x.product, packs)], purpose="体验", by=shop.keeper, at=at)
        if back:
            give_back(slip=slip, reason="拿错了", by=shop.keeper, at=at)
    sheet = open_stocktake(warehouse=beijing, by=shop.keeper, at=at)
    lines = list(sheet.lines.select_related("balance").order_by("pk"))
    counted = {line.pk: line.balance.quantity for line in lines} | {lines[0].pk: lines[0].balance.quantity + 1}
    count_lines(stocktake=sheet, counted=counted, by=shop.keeper, at=at)
    explain(line=lines[0], explanation="漏记", by=shop.keeper, at=at)
    open_said = said([beijing], today, today)["WH-BJ"]["accuracy"]
    assert open_said == ("–", None), "a count that is not posted says nothing yet"
    post_stocktake(stocktake=sheet, by=shop.director, at=at)
    assert len(lines) == 3
    assert said([beijing, central], today, today + timedelta(days=20)) == {
        "WH-BJ": {
            "accuracy": ("66.7 %", 3), "order_to_issue": ("–", None), "receipts": ("50.0 %", 2), "issues": ("66.7 %", 3),
        },
        "WH-HQ": {
            "accuracy": ("–", None), "order_to_issue": ("4.0 小时", 2), "receipts": ("100.0 %", 1), "issues": ("50.0 %", 2),
        },
    }  # fmt: skip
    assert set(said([beijing], today - timedelta(days=9), today - timedelta(days=1))["WH-BJ"].values()) == {("–", None)}

    page = login(shop.product_manager).get("/stock/measures/?since=2026-11-01&until=2026-11-30").content.decode()
    assert "66.7 %" in page and "4.0 小时" in page and "算有差错" in page
    assert "WH-HQ" not in login(shop.keeper).get("/stock/measures/?since=gestern").content.decode()
    assert "4.0 小时" not in login(shop.keeper).get("/stock/measures/").content.decode(), "each sees his own"
    assert login(shop.manager).get("/stock/measures/").status_code == 403


@pytest.mark.req("STK-009")
def test_over_the_api_and_as_cheap_for_many_as_for_one(shop, central, beijing, program):
    status, told, _answer = program(shop.keeper)("GET", "stock-measures?since=2026-11-01&until=2026-11-30")
    assert (status, told["since"], told["until"]) == (200, "2026-11-01", "2026-11-30")
    assert [one["warehouse"] for one in told["warehouses"]] == ["WH-BJ"]
    assert told["warehouses"][0]["figures"][0] == {"measure": "accuracy", "value": None, "of": 0}
    open_with_zones(node=shop.sh, code="WH-SH", keeper=shop.sh_manager, by=shop.admin, at=shop.at)

    def cost(warehouses):
        with CaptureQueriesContext(connection) as seen:
            queries.measured(warehouses, shop.at.date(), shop.at.date())
        return len(seen)

    assert cost([beijing]) == cost(list(Warehouse.objects.all())) <= 8
