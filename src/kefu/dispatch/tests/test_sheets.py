"""Yesterday's slips are checked one by one, differences settled, and posted once by somebody else; the listing follows (STK-021)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kefu.dispatch import actions
from kefu.dispatch.choices import SlipResult
from kefu.dispatch.models import ListingCorrection, SlipLine, SlipSheet
from kefu.dispatch.queries import goods_of, listed_now
from kefu.dispatch.slots import sheets_owed
from kefu.dispatch.tests.test_runs import codes
from kefu.foundation.api.actions import issue_token
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid
from kefu.products.models import Product
from kefu.sales.actions import dispatch
from kefu.stock.actions import open_stocktake

pytestmark = pytest.mark.django_db


@pytest.mark.req("STK-021")
def test_yesterday_is_checked_settled_and_posted_once(yard):
    sunday, at = yard.at - timedelta(days=1), yard.at
    by, keeper = {"by": yard.dispatcher, "at": at}, {"by": yard.keeper, "at": at}
    for order in (yard.three, yard.two):
        dispatch(purchase=order, by=yard.manager, at=sunday)

    def work(user, moment=at):
        return [(str(item.label), item.what, item.due_at > moment) for item in sheets_owed(user, moment)]

    assert work(yard.dispatcher) == [("出库单待核对", "2026-11-22 北京朝阳中心库房", True)]
    assert work(yard.dispatcher, at + timedelta(days=1)) == [("出库单待核对", "2026-11-22 北京朝阳中心库房", False)]
    assert (work(yard.director), work(yard.sh_manager)) == ([], [])
    assert codes(lambda: actions.open_sheet(warehouse=yard.warehouse, day=at.date(), **by), Invalid) == {"not_over"}
    assert codes(lambda: actions.open_sheet(warehouse=yard.warehouse, day=sunday.date() - timedelta(days=1), **by)) == "no_slips"  # fmt: skip
    with pytest.raises(Forbidden):
        actions.open_sheet(warehouse=yard.warehouse, day=sunday.date(), by=yard.director, at=at)
    sheet = actions.open_sheet(warehouse=yard.warehouse, day=sunday.date(), **by)
    assert (sheet.number, sheet.lines.count()) == ("HD2600001", 2)
    assert codes(lambda: actions.open_sheet(warehouse=yard.warehouse, day=sunday.date(), **by)) == "opened"
    first, second = sheet.lines.select_related("sheet__warehouse")
    actions.check_slip(line=first, result=SlipResult.SAME, **by)
    assert codes(lambda: actions.check_slip(line=second, result=SlipResult.DIFFERS, **by), Invalid) == {"required"}
    assert codes(lambda: actions.settle_difference(line=first, reason="没事", **by)) == "no_difference"
    actions.check_slip(line=second, result=SlipResult.DIFFERS, note="少一瓶", **by)
    assert work(yard.keeper) == [("出库单没核对完", "HD2600001 2026-11-22", True)]
    assert codes(lambda: actions.post_sheet(sheet=sheet, **keeper)) == "not_done"
    with pytest.raises(IntegrityError), transaction.atomic():
        SlipSheet.objects.update(state="posted", posted_by=yard.keeper, posted_at=at)
    count = open_stocktake(warehouse=yard.warehouse, by=yard.keeper, at=at)
    settled = actions.settle_difference(line=second, reason="盘点时找到，已入账", stocktake=count, **by)
    assert (settled.stocktake, settled.done) == (count, True)
    assert Notice.objects.filter(user=yard.keeper, text__contains="HD2600001").count() == 1
    assert (work(yard.dispatcher), work(yard.keeper)) == ([], [("出库核对待复核", "HD2600001 2026-11-22", True)])
    assert codes(lambda: actions.post_sheet(sheet=sheet, **by)) == "own_check"
    sheet = actions.post_sheet(sheet=sheet, **keeper)
    assert (sheet.state, sheet.posted_by, work(yard.keeper)) == ("posted", yard.keeper, [])
    for verb in (
        lambda: actions.post_sheet(sheet=sheet, **keeper),
        lambda: actions.check_slip(line=first, result=SlipResult.SAME, **by),
    ):
        assert codes(verb) == "posted"
    oil = Product.objects.get(code="N-014")
    assert [(one.product, one.left, one.book, one.listed) for one in goods_of(sheet, at)] == [(oil, 5, 47, None)]
    for packs in (60, 47):
        actions.correct_listing(warehouse=yard.warehouse, product=oil, packs=packs, reason="按实物改", **by)
    assert actions.correct_listing(warehouse=yard.warehouse, product=oil, packs=47, reason="再改一次", **by) is None
    assert list(ListingCorrection.objects.order_by("pk").values_list("before", "packs", "book")) == [
        (None, 60, 47),
        (60, 47, 47),
    ]
    assert listed_now(yard.warehouse, [oil.pk]) == {oil.pk: 47}
    assert codes(lambda: actions.correct_listing(warehouse=yard.warehouse, product=oil, packs=-1, reason="错", **by), Invalid) == {"range"}  # fmt: skip
    for broken in (
        lambda: SlipLine.objects.filter(pk=first.pk).update(result="differs", note="改"),
        lambda: SlipSheet.objects.update(day=at.date()),
        lambda: ListingCorrection.objects.update(packs=1),
        lambda: SlipSheet.objects.create(number="X", warehouse=yard.warehouse, day=at.date(), state="posted", posted_by=yard.keeper, posted_at=at, **keeper),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()


@pytest.mark.req("STK-021")
def test_the_check_on_screen_and_over_the_api(yard, login, client):
    sunday = yard.at - timedelta(days=1)
    dispatch(purchase=yard.three, by=yard.manager, at=sunday)
    desk, keeper = login(yard.dispatcher), login(yard.keeper)
    assert "2026-11-22" in desk.get("/dispatch/sheets/").content.decode()
    url = desk.post("/dispatch/sheets/new/", {"warehouse": "WH-BJ", "day": "2026-11-22"})["Location"]
    line = SlipLine.objects.get()
    assert "沈知夏" in desk.get(url).content.decode()
    answer = desk.post(f"{url}slips/{line.pk}/check/", {"result": "differs"})
    assert (answer.status_code, "这一项还没填" in answer.content.decode()) == (422, True)
    desk.post(f"{url}slips/{line.pk}/check/", {"result": "differs", "note": "少一瓶"})
    assert desk.post(f"{url}slips/{line.pk}/settlement/", {"reason": "找到了", "stocktake": "99"}).status_code == 422
    desk.post(f"{url}slips/{line.pk}/settlement/", {"reason": "找到了"})
    assert "复核入账</button>" not in desk.get(url).content.decode()
    assert "复核入账</button>" in keeper.get(url).content.decode()
    with CaptureQueriesContext(connection) as captured:
        keeper.get("/dispatch/sheets/")
    keeper.post(f"{url}posting/")
    assert (SlipSheet.objects.get().state, len(captured) < 25) == ("posted", True)
    form = {"product": Product.objects.get(code="N-014").pk, "packs": "x", "reason": "按实物改"}
    assert desk.post("/dispatch/listing/", form).status_code == 422
    desk.post("/dispatch/listing/", form | {"packs": "49"})
    assert "按实物改" in desk.get("/dispatch/listing/?q=n-0").content.decode()
    assert login(yard.manager).get("/dispatch/sheets/").status_code == 403
    tokens = {
        name: issue_token(user=getattr(yard, name), name="t", by=yard.admin, at=yard.at)
        for name in ("dispatcher", "keeper")
    }

    def ask(name, method, path, body=None):
        given = {"data": body, "content_type": "application/json"} if method == "post" else {}
        answer = getattr(client, method)(
            f"/api/v1/dispatch/{path}", HTTP_AUTHORIZATION=f"Bearer {tokens[name]}", **given
        )
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    dispatch(purchase=yard.two, by=yard.manager, at=sunday - timedelta(days=1))
    made = ask("dispatcher", "post", "sheets", {"warehouse": "WH-BJ", "day": "2026-11-21"})
    slip, path = made["slips"][0]["slip"], f"sheets/{made['id']}"
    ask("dispatcher", "post", f"{path}/checks", {"slip": slip, "result": "differs", "note": "多一瓶"})
    found = ask("dispatcher", "post", f"{path}/settlements", {"slip": slip, "reason": "退回了"})
    assert (found["slips"][0]["result"], found["slips"][0]["reason"]) == ("differs", "退回了")
    assert ask("keeper", "post", f"{path}/posting", {})["state"] == "posted"
    assert len(ask("keeper", "get", "sheets?state=posted")["items"]) == 2
    body = {"warehouse": "WH-BJ", "product": "N-014", "packs": 48, "reason": "又少一瓶"}
    assert ask("dispatcher", "post", "listing", body)["before"] == 49
    assert ask("dispatcher", "post", "listing", body) is None
    assert [one["packs"] for one in ask("keeper", "get", "listing")["items"]] == [48, 49]
