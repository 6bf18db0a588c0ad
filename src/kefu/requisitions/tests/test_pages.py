"""A requisition goes through the pages of five people; each finds the own turn, and nothing else."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kefu.foundation.exchange.running import import_file
from kefu.foundation.exchange.specs import find
from kefu.organisation.models import User
from kefu.requisitions import queries
from kefu.requisitions.choices import State
from kefu.requisitions.models import Lending, ParLevel, Requisition
from kefu.requisitions.slots import find_requisitions, requisitions_owed, shortages_owed
from kefu.requisitions.tests.test_requisitions import JUNE, lying
from kefu.stock.testing import stock_in

pytestmark = pytest.mark.django_db


@pytest.mark.req("STK-013")
def test_through_five_hands_on_screen(shop, login, central, beijing, fish_oil, vitamin, taken_to):
    people = {
        name: login(getattr(shop, name))
        for name in ("keeper", "director", "finance", "product_manager", "central_keeper", "manager")
    }
    keeper, work = (
        people["keeper"],
        lambda name: [item.what for item in requisitions_owed(User.objects.get(username=name), shop.at)],
    )
    par = {"warehouse": "WH-BJ", "product": fish_oil.pk, "packs": "20", "from_day": "2026-11-23", "reason": "常备"}
    assert keeper.post("/par-levels/", par | {"packs": "x"}).status_code == 422
    assert keeper.post("/par-levels/", par).status_code == 302
    page = keeper.get("/par-levels/").content.decode()
    assert "1 个品种不够备用量" in page
    assert [item.what for item in shortages_owed(shop.keeper, shop.at)] == ["1 个品种不够备用量"]
    new = keeper.get("/requisitions/new/").content.decode()
    assert f'name="packs-{fish_oil.pk}" value="20"' in new
    form = {"warehouse": "WH-BJ", "source": central.pk, f"packs-{fish_oil.pk}": "x", "note": "急"}
    answer = keeper.post("/requisitions/new/", form)
    assert (answer.status_code, "数量要在 1 到 1,000,000 之间" in answer.content.decode()) == (422, True)
    form |= {f"packs-{fish_oil.pk}": "14", "more-0": str(vitamin.pk), "extra-0": "3", "more-1": "junk"}
    one = Requisition.objects.get(pk=int(keeper.post("/requisitions/new/", form)["Location"].split("/")[2]))
    url = reverse("requisitions:requisition", args=[one.pk])
    assert "签字</button>" not in keeper.get(url).content.decode()
    assert login(shop.sh_manager).get(url).status_code == 404
    assert keeper.post(f"{url}signature/").status_code == 403
    keeper.post(f"{url}lines/", {f"packs-{fish_oil.pk}": "15", f"packs-{vitamin.pk}": "3"})
    assert work("director") == [f"{one.number} 总部库房 → 北京朝阳中心库房"]
    assert "签字</button>" in people["director"].get(url).content.decode()
    people["director"].post(f"{url}signature/")
    assert (work("director"), work("finance")) == ([], [f"{one.number} 总部库房 → 北京朝阳中心库房"])
    people["finance"].post(f"{url}check/", {"remark": "和账一致"})
    line = one.lines.get(product=fish_oil)
    page = people["product_manager"].post(f"{url}approval/", {f"packs-{line.pk}": "12"}, follow=True)
    assert "批少了，请写原因" in page.content.decode()
    people["product_manager"].post(f"{url}approval/", {f"packs-{line.pk}": "12", f"reason-{line.pk}": "先给一批"})
    central_keeper, picking = people["central_keeper"], f"{url}picking/"
    assert "去拣货" in central_keeper.get(url).content.decode()
    assert "A" in central_keeper.get(picking).content.decode()
    answer = central_keeper.post(picking, {"scan": "没有这个", "packs": "1"})
    assert (answer.status_code, "也不是产品条码" in answer.content.decode()) == (422, True)
    assert central_keeper.post(picking, {"scan": "(01)00000000000000(10)B", "packs": "12"}).status_code == 409
    for code, packs in ((fish_oil.code, "12"), (vitamin.code, "2")):
        central_keeper.post(picking, {"scan": code, "packs": packs})
    (left,) = [row for row in queries.pick_rows(one) if not row.done]
    central_keeper.post(f"{picking}{left.reservation.pk}/miss/", {"packs": "1", "fault": "missing", "note": ""})
    for packs in ("3", "2", "1"):
        central_keeper.post(picking, {"scan": vitamin.code, "packs": packs})
    assert central_keeper.post(f"{url}parcels/", {"carrier": "", "boxes": "0"}).status_code == 422
    central_keeper.post(f"{url}parcels/", {"carrier": "示范快递", "waybill": "SF1", "boxes": "1"})
    for point in ("wrap", "carton", "full", "nonsense"):
        central_keeper.post(f"{url}packing/{point}/")
    central_keeper.post(f"{url}issue/")
    one.refresh_from_db()
    assert one.state == "issued"
    assert "SF1" in keeper.get(url).content.decode()
    assert one.number in keeper.get("/transfers/").content.decode()
    counted = {f"good-{row.pk}": str(row.packs) for row in one.shipped.all()}
    first = one.shipped.first()
    assert keeper.post(f"{url}arrival/", {}).status_code == 422
    keeper.post(f"{url}arrival/", counted | {f"good-{first.pk}": "0"})
    assert "请您再点一遍" in people["manager"].get(f"{url}arrival/").content.decode()
    people["manager"].post(f"{url}arrival/", counted | {f"good-{first.pk}": "0"})
    one.refresh_from_db()
    assert (one.state, one.open_packs) == ("difference", first.packs)
    assert work("finance") == work("keeper") == work("central_keeper") == [f"{one.number} 总部库房 → 北京朝阳中心库房"]
    settle = {"line": first.pk, "outcome": "lost", "packs": str(first.packs), "reason": "车上丢了"}
    assert keeper.post(f"{url}settlements/", settle | {"packs": "99"}).status_code == 422
    assert people["manager"].post(f"{url}settlements/", settle).status_code == 403
    keeper.post(f"{url}settlements/", settle)
    loss = first.settlements.get()
    assert "等三方同意" in people["finance"].get(url).content.decode()
    people["finance"].post(f"{url}settlements/{loss.pk}/withdrawal/", {"reason": "再查"})
    keeper.post(f"{url}settlements/", settle)
    loss = first.settlements.get()
    for name in ("finance", "central_keeper"):
        people[name].post(f"{url}settlements/{loss.pk}/consents/")
    one.refresh_from_db()
    assert (one.state, sum(lying(beijing).values())) == ("received", 15 - first.packs)
    assert [hit.title for hit in find_requisitions(shop.keeper, "SQ26", 5)] == [one.number]
    rejected = taken_to(State.SUBMITTED)
    people["finance"].post(f"/requisitions/{rejected.pk}/rejection/", {"reason": "数不对"})
    withdrawn = taken_to(State.DRAFT)
    keeper.post(f"/requisitions/{withdrawn.pk}/withdrawal/", {"reason": "填错"})
    assert dict(Requisition.objects.values_list("pk", "state")) == {
        one.pk: "received",
        rejected.pk: "rejected",
        withdrawn.pk: "withdrawn",
    }
    assert "还没有" not in keeper.get("/requisitions/?state=rejected").content.decode()


def test_lending_on_screen_and_lists_that_cost_the_same(shop, login, central, beijing, fish_oil, taken_to):
    keeper, director = login(shop.keeper), login(shop.director)
    stock_in(beijing, [("N-014", "A", 10, JUNE)], by=shop.keeper, at=shop.at)
    form = {"warehouse": "WH-BJ", "borrower": "9999", "purpose": "讲座", "due_on": "2026-11-25", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0",
            "form-0-product": fish_oil.pk, "form-0-packs": "2"}  # fmt: skip
    assert keeper.post("/lendings/new/", form).status_code == 422
    assert keeper.get("/lendings/new/?warehouse=WH-BJ").status_code == 200
    keeper.post("/lendings/new/", form | {"borrower": "2002"})
    one = Lending.objects.get()
    url = f"/lendings/{one.pk}/"
    assert keeper.post(f"{url}consent/").status_code == 403
    director.post(f"{url}consent/")
    keeper.post(f"{url}handing/")
    lot = one.lots.get()
    assert keeper.post(f"{url}lots/{lot.pk}/return/", {"packs": "1", "condition": "damaged"}).status_code == 422
    keeper.post(f"{url}lots/{lot.pk}/return/", {"packs": "2", "condition": "good"})
    assert "已还清" in keeper.get(url).content.decode()
    assert one.number in keeper.get("/lendings/?state=returned").content.decode()
    assert one.number not in keeper.get("/lendings/?state=overdue").content.decode()

    asked = {}
    for count in (1, 6):
        while Requisition.objects.filter(state="issued").count() < count:
            taken_to(State.ISSUED, [(fish_oil, 1)])
        for path in ("/requisitions/", "/transfers/", "/par-levels/"):
            with CaptureQueriesContext(connection) as cost:
                keeper.get(path)
            asked.setdefault(path, set()).add(len(cost))
    assert {path: len(costs) for path, costs in asked.items()} == dict.fromkeys(asked, 1), asked


def test_par_levels_from_a_spreadsheet(shop, beijing, central):
    rows = "库房编码,编码,备用数量,原因\nWH-BJ,N-014,20,常备\nWH-BJ,N-001,x,常备\nWH-HQ,N-014,5,不是我的\nWH-BJ,N-999,5,没有\n"
    run = import_file(spec=find("par"), content=rows.encode(), name="par.csv", mode="good", by=shop.keeper, at=shop.at)
    assert (run.result["created"], [error["row"] for error in run.result["errors"]]) == (1, [3, 4, 5])
    again = BytesIO(rows.replace("20", "25").encode()).getvalue()
    assert (
        import_file(spec=find("par"), content=again, name="par2.csv", mode="good", by=shop.keeper, at=shop.at).result[
            "updated"
        ]
        == 1
    )
    assert [(one.packs, one.valid_to) for one in ParLevel.objects.order_by("pk")][-1] == (25, None)
