"""The registers on screen and over the API: each person finds the own turn, and nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.dispatch import actions
from kefu.dispatch.models import Back, Run, ShortItem, Wish
from kefu.dispatch.testing import signed_order
from kefu.dispatch.tests.test_backs import GIVEN
from kefu.dispatch.tests.test_runs import plan
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.models import AuditEntry
from kefu.sales.actions import dispatch
from kefu.stock.models import IssueLine

pytestmark = pytest.mark.django_db
FORM = {
    "warehouse": "WH-BJ", "kind": "coach", "plate": "京A12345", "driver_phone": "10000000012", "departs_at": "2026-11-23T10:00",
    "arrives_at": "2026-11-23T16:00", "pickup_point": "城东客运站",
}  # fmt: skip


@pytest.mark.req("STK-023")
@pytest.mark.req("STK-024")
@pytest.mark.req("STK-025")
def test_the_registers_on_screen(yard, login):
    people = {
        name: login(getattr(yard, name)) for name in ("dispatcher", "keeper", "manager", "director", "sh_manager")
    }
    desk, manager = people["dispatcher"], people["manager"]
    answer = desk.post("/dispatch/runs/new/", FORM | {"plate": ""})
    assert (answer.status_code, "大巴要让客户接得到" in answer.content.decode()) == (422, True)
    for far in ("9999-12-31T23:00", "0001-01-01T00:00"):
        assert desk.post("/dispatch/runs/new/", FORM | {"departs_at": far, "arrives_at": ""}).status_code == 422
    assert desk.post("/dispatch/runs/new/", FORM | {"arrives_at": "9999-12-31T23:00"}).status_code == 422
    url = desk.post("/dispatch/runs/new/", FORM)["Location"]
    run = Run.objects.get()
    assert desk.post(f"{url}orders/", {"order": "GM1", "packs": "1"}).status_code == 422
    desk.post(f"{url}orders/", {"order": yard.two.number, "packs": "1"})
    desk.post(f"{url}orders/{run.lines.get().pk}/removal/")
    desk.post(f"{url}orders/", {"order": yard.three.number, "packs": "3"})
    desk.post(f"{url}short/", {"purchase_line": yard.three.lines.get().pk, "packs": "1", "note": "没找到"})
    assert "沈知夏" in people["director"].get(url).content.decode()
    assert [people[name].get(url).status_code for name in ("manager", "sh_manager")] == [403, 403]
    assert people["director"].post(f"{url}departure/").status_code == 403
    desk.post(f"{url}departure/")
    page = desk.post(f"{url}plan/", FORM | {"pickup_point": "城西客运站"}, follow=True).content.decode()
    assert ("城西客运站" in page, "已取消" in page, "待发送" in page) == (True, True, True)
    item = ShortItem.objects.get()
    assert desk.post(f"/dispatch/short/{item.pk}/supplies/", {"packs": "9", "how": "补"}).status_code == 422
    desk.post(f"/dispatch/short/{item.pk}/supplies/", {"packs": "1", "how": "下一趟"})
    assert "没有差件" in desk.get("/dispatch/short/").content.decode()
    desk.post(f"{url}cancellation/", {"reason": "车坏了"})
    assert "车坏了" in desk.get(url).content.decode()
    dispatch(purchase=yard.three, by=yard.manager, at=yard.at)
    assert desk.post("/dispatch/returns/new/", {"warehouse": "WH-BJ"}).status_code == 422
    back = desk.post("/dispatch/returns/new/", GIVEN | {"warehouse": "WH-BJ", "order": yard.three.number})["Location"]
    assert "点收入库" not in desk.post(f"{back}collection/", follow=True).content.decode()
    line = IssueLine.objects.get()
    assert f'name="packs-{line.pk}"' in people["keeper"].get(back).content.decode()
    people["keeper"].post(f"{back}receipt/", {f"packs-{line.pk}": "x"})
    assert Back.objects.get().state == "collected"
    people["keeper"].post(f"{back}receipt/", {f"packs-{line.pk}": "1"})
    assert "已入隔离区" in desk.get(back).content.decode()
    other = desk.post("/dispatch/returns/new/", GIVEN | {"warehouse": "WH-BJ"})["Location"]
    desk.post(f"{other}closing/", {"reason": "不要了"})
    page = desk.get("/dispatch/day/?day=2026-11-23").content.decode()
    assert "已发 1 单 3 件" in page and "未发 2 单 3 件" in page
    assert "dispatch/day/lists/" not in page
    desk.post("/dispatch/day/lists/", {"warehouse": "WH-BJ", "day": "2026-11-22"})
    assert "RB2600001" in desk.get("/dispatch/day/?day=2026-11-22").content.decode()
    for junk in ("junk", "9999-12-31", "0001-01-01"):
        assert desk.get(f"/dispatch/day/?day={junk}").status_code == 200
    printed = AuditEntry.objects.filter(code="dispatch.run.printed", kind="print")
    desk.post(f"{url}prints/")
    assert [one.customer_id for one in printed] == [yard.first.pk]
    answer = manager.post("/dispatch/wishes/new/", {"order": "GM1", "text": "急"})
    assert (answer.status_code, "不是您的客户" in answer.content.decode()) == (422, True)
    wish = manager.post("/dispatch/wishes/new/", {"order": yard.two.number, "text": "周五前到"})["Location"]
    assert "看过了" in desk.get(wish).content.decode()
    desk.post(f"{wish}reading/")
    desk.post(f"{wish}replies/", {"text": "周四发"})
    manager.post(f"{wish}notes/", {"text": "改送家里"})
    desk.post(f"{wish}replies/", {"text": "好"})
    manager.post(f"{wish}told/")
    assert "已告诉客户" in manager.get(wish).content.decode()
    assert people["sh_manager"].get(wish).status_code == 404
    assert Wish.objects.get().notes.count() == 4


def test_lists_cost_the_same_for_one_row_and_for_many(yard, login):
    desk, by = login(yard.dispatcher), {"by": yard.dispatcher, "at": yard.at}

    def one_more():
        run = actions.plan_run(warehouse=yard.warehouse, plan=plan(yard.at), **by)
        order = signed_order(yard, yard.first, 2)
        line = actions.add_line(run=run, order=order.number, packs=1, **by)
        actions.note_short(line=line, purchase_line=order.lines.get(), packs=1, **by)
        dispatch(purchase=order, by=yard.manager, at=yard.at)
        actions.register_back(warehouse=yard.warehouse, **GIVEN, order=order.number, **by)
        actions.ask_wish(purchase=order, text="快点", by=yard.manager, at=yard.at)

    def counted():
        found = []
        for path in ("runs", "short", "returns", "day", "wishes"):
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert desk.get(f"/dispatch/{path}/").status_code == 200
            found.append(len(captured))
        return found

    one_more()
    counted()
    before = counted()
    for _more in range(2):
        one_more()
    assert counted() == before


@pytest.mark.req("STK-023")
@pytest.mark.req("STK-024")
@pytest.mark.req("STK-025")
def test_the_registers_over_the_api(yard, client):
    tokens = {}
    for name in ("dispatcher", "keeper", "manager"):
        tokens[name] = issue_token(user=getattr(yard, name), name="t", by=yard.admin, at=yard.at)

    def ask(name, method, path, body=None, status=None):
        send = getattr(client, method)
        given = {"data": body, "content_type": "application/json"} if method == "post" else {}
        answer = send(f"/api/v1/dispatch/{path}", HTTP_AUTHORIZATION=f"Bearer {tokens[name]}", **given)
        assert answer.status_code in ((status,) if status else (200, 201)), answer.content
        return answer.json()

    body = FORM | {"departs_at": "2026-11-23T10:00:00+08:00", "arrives_at": "2026-11-23T16:00:00+08:00"}
    run = ask("dispatcher", "post", "runs", body)
    assert ask("dispatcher", "post", f"runs/{run['id']}/orders", {"order": yard.three.number, "packs": 3})[
        "orders"
    ] == [{"order": yard.three.number, "packs": 3}]
    assert ask("dispatcher", "post", f"runs/{run['id']}/departure", {})["state"] == "departed"
    changed = {name: value for name, value in body.items() if name != "warehouse"} | {"plate": "京C1"}
    assert ask("dispatcher", "post", f"runs/{run['id']}/plan", changed)["plate"] == "京C1"
    line = Run.objects.get().lines.get()
    actions.note_short(line=line, purchase_line=yard.three.lines.get(), packs=1, by=yard.dispatcher, at=yard.at)
    (short,) = ask("keeper", "get", f"short?order={yard.three.number}")["items"]
    assert ask("dispatcher", "post", f"short/{short['id']}/supplies", {"packs": 1, "how": "补发"})["open"] == 0
    assert ask("dispatcher", "post", f"runs/{run['id']}/cancellation", {"reason": "车坏了"})["state"] == "cancelled"
    assert [one["number"] for one in ask("keeper", "get", "runs?state=cancelled")["items"]] == [run["number"]]
    dispatch(purchase=yard.three, by=yard.manager, at=yard.at)
    back = ask("dispatcher", "post", "returns", GIVEN | {"warehouse": "WH-BJ", "order": yard.three.number})
    back = ask("dispatcher", "post", f"returns/{back['id']}/collection", {})
    assert (back["state"], back["collected_by"]) == ("collected", "2031")
    lines = [{"line": one["id"], "packs": 1} for one in ask("keeper", "get", f"returns/{back['id']}")["returnable"]]
    assert ask("keeper", "post", f"returns/{back['id']}/receipt", {"lines": lines * 2}, 422)["code"]
    assert ask("keeper", "post", f"returns/{back['id']}/receipt", {"lines": lines})["state"] == "received"
    assert len(ask("keeper", "get", "returns?state=received")["items"]) == 1
    day = ask("dispatcher", "get", "day?warehouse=WH-BJ&day=2026-11-23")
    assert (day["shipped_packs"], day["open_packs"], len(day["orders"])) == (3, 2, 2)
    wish = ask("manager", "post", "wishes", {"order": yard.two.number, "text": "周五前到"})
    ask("dispatcher", "post", f"wishes/{wish['id']}/replies", {"text": "好"})
    assert ask("manager", "post", f"wishes/{wish['id']}/told", {})["state"] == "told"
    assert [note["read"] for note in ask("manager", "get", "wishes")["items"][0]["notes"]] == [True, True]
