"""Destroying on the screen, on paper and over the API (STK-011)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kefu.foundation.audit.trail import Subject
from kefu.foundation.files.actions import attach, withdraw
from kefu.foundation.files.models import Attachment
from kefu.foundation.printing.models import Print
from kefu.foundation.slots.registry import slots
from kefu.organisation.models import Grant, Role
from kefu.stock.destruction_documents import destruction_record
from kefu.stock.models import Destruction
from kefu.stock.testing import stock_in
from kefu.stock.tests.test_destructions import AUTUMN, amounts, asked, scan, spot


@pytest.mark.django_db
@pytest.mark.req("STK-011")
def test_on_the_screen_with_its_papers(house, beijing, login):
    """The keeper asks and carries out, the product department verifies, leadership approves, the director stood by."""
    at = {"HTTP_X_KEFU_AT": house.later.isoformat()}
    keeper, checker, leader = (login(who) for who in (house.keeper, house.product_manager, house.leader))
    for browser in (keeper, checker, leader):
        browser.defaults.update(at)

    def work(who):
        return [str(item.what) for item in slots.work["stock.destructions"](who, house.later)]

    assert work(house.keeper) == ["1 批货要申请销毁"]
    listed = keeper.get("/stock/destructions/candidates/").content.decode()
    assert "OLD" in listed and "申请销毁" in listed and "NEW" not in listed
    form = f"/stock/destructions/new/?balance={spot('OLD').pk}"
    assert "可申请" in keeper.get(form).content.decode()
    assert keeper.get(f"/stock/destructions/new/?balance={spot('NEW').pk}").status_code == 404
    given = {"balance": spot("OLD").pk, "packs": "12", "reason": "过期"}
    assert "货物照片" in keeper.post("/stock/destructions/new/", given).content.decode()
    assert not Destruction.objects.exists()
    keeper.post("/stock/destructions/new/", given | {"photo": scan()})
    one = Destruction.objects.get()
    url = f"/stock/destructions/{one.pk}/"
    assert checker.get(url).context["form"] is not None
    photo = Attachment.objects.get(subject_id=one.pk)
    withdraw(attachment=photo, reason="拍错了", by=house.keeper, at=house.later)
    bare = checker.get(url)
    assert bare.context["form"] is None and "还没有货物照片" in bare.content.decode(), "nothing to verify by yet"
    assert checker.post(f"{url}verification/", {"packs": "12"}).status_code == 409
    files = reverse("files:attach", args=["stock.destruction", one.pk])
    keeper.post(files, {"kind": "photo", "upload": scan(), "next": url})
    page = keeper.get(url).content.decode()
    assert 'value="photo"' in page and 'value="signed_record"' not in page, "there is nothing to sign yet"
    assert "已申请，待核对数量" in page and "paper.pdf" in page and "核实数量</h" not in page
    assert work(house.product_manager) == [f"{one.number} {one.held.product.label} OLD × 12"]
    assert "核实数量" in checker.get(url).content.decode()
    assert checker.post(f"{url}verification/", {"packs": "99"}).status_code == 422
    checker.post(f"{url}verification/", {"packs": "12"})
    for given, status in (({"packs": "12"}, 409), ({"packs": ""}, 422)):
        late = checker.post(f"{url}verification/", given)
        told = " ".join(str(one) for one in late.context["messages"])
        assert late.status_code == status and late.context["form"] is None, "no form of a step that is over"
        assert "已核对，待领导审批" in told if status == 409 else "已经有人办过了" in told
    assert work(house.product_manager) == []
    assert keeper.post(f"{url}decision/", {"decision": "approved"}).status_code == 403
    leader.post(f"{url}decision/", {"decision": "approved"})
    assert len(work(house.keeper)) == 1
    told = {"method": "crushed", "place": "库房后院", "witness": house.director.pk}
    assert keeper.post(f"{url}destruction/", told | {"witness": house.keeper.pk}).status_code == 422
    assert keeper.post(f"{url}prints/record/").status_code == 404
    keeper.post(f"{url}destruction/", told)
    lies = keeper.get(f"/stock/balances/{spot('OLD', 'blocked').pk}/").content.decode()
    assert "其中 12 已销毁，待核销" in lies and 'name="seen" value="0"' in lies, "none of it lies there any more"
    for paper in ("request", "record"):
        assert keeper.post(f"{url}prints/{paper}/").status_code == 302
    assert Print.objects.filter(document__startswith="stock.destruction").count() == 2
    done = destruction_record(one.pk)
    assert (done["done"].place, done["done"].witness.name, done["destruction"].counted) == ("库房后院", "何示安", 12)
    assert "还没上传" in keeper.post(f"{url}closing/", follow=True).content.decode()
    keeper.post(files, {"kind": "signed_record", "upload": scan(), "next": url})
    assert "已核销归档" in keeper.post(f"{url}closing/", {"note": "归档 1 号柜"}, follow=True).content.decode()
    assert "库房后院 · 何示安 在场见证" in " ".join(keeper.get(url).content.decode().split())
    assert amounts("OLD") == {}
    assert one.number in leader.get("/stock/destructions/?state=closed").content.decode()
    assert one.number not in leader.get("/stock/destructions/?state=approved").content.decode()
    assert login(house.manager).get(url).status_code == 403


@pytest.mark.django_db
@pytest.mark.req("STK-011")
def test_asking_is_offered_where_one_may_ask(house, beijing, central, login):
    """A keeper of Beijing who reads along in the head office asks only for what lies in Beijing."""
    stock_in(central, [("N-014", "FAR", 5, AUTUMN)], by=house.central_keeper, at=house.at)
    role = Role.objects.get(code="leadership")
    Grant.objects.create(user=house.keeper, role=role, node=house.hq, valid_from=date(2026, 1, 5))
    keeper = login(house.keeper)
    page = keeper.get("/stock/destructions/candidates/", HTTP_X_KEFU_AT=house.later.isoformat()).content.decode()
    assert "OLD" in page and "FAR" in page and page.count("?balance=") == 1


@pytest.mark.django_db
@pytest.mark.req("STK-011")
def test_over_the_api_and_for_many_as_for_few(house, beijing, program):
    keeper, checker, leader = (program(who) for who in (house.keeper, house.product_manager, house.leader))
    later = {"X_Kefu_At": house.later.isoformat()}

    def ask(send, path, body=None):
        return send("GET" if body is None else "POST", path, body, **later)[:2]

    (item,) = ask(keeper, "destruction-candidates?warehouse=WH-BJ")[1]["items"]
    assert (item["lot"], item["cause"], item["packs"]) == ("OLD", "expired", 12)
    status, made = ask(keeper, "destructions", {"balance": item["id"], "packs": 12, "reason": "过期"})
    assert (status, made["state"], made["held"]) == (201, "requested", 12)
    assert ask(keeper, "destructions", {"balance": item["id"], "packs": 12, "reason": "过期"})[0] == 404
    url = f"destructions/{made['id']}"
    assert ask(checker, f"{url}/verification", {"packs": 12})[1]["code"] == "no_photo"
    one = Destruction.objects.get()
    paper = {
        "subject": Subject("stock.destruction", one.pk),
        "customer_id": None,
        "by": house.keeper,
        "at": house.later,
    }
    attach(kind="photo", upload=scan(), **paper)
    assert ask(keeper, f"{url}/verification", {"packs": 12})[0] == 403
    assert ask(checker, f"{url}/verification", {"packs": 11})[1]["packs"] == 11
    assert ask(leader, f"{url}/decision", {"decision": "rejected"})[0] == 422
    assert ask(leader, f"{url}/decision", {"decision": "approved"})[1]["state"] == "approved"
    told = {"method": "burned", "place": "环卫站"}
    assert ask(keeper, f"{url}/destruction", told | {"witness": "2007"})[0] == 422
    assert ask(keeper, f"{url}/destruction", told | {"witness": "2001"})[1]["steps"][-1]["witness"] == "2001"
    assert ask(keeper, f"{url}/withdrawal", {"reason": "后悔"})[1]["code"] == "wrong_state"
    attach(kind="signed_record", upload=scan(), **paper)
    assert ask(keeper, f"{url}/closing", {})[1]["held"] == 0
    assert ask(leader, "destructions?state=closed")[1]["items"][0]["number"] == made["number"]
    assert ask(program(house.sh_manager), url)[0] == 403

    def cost(path):
        with CaptureQueriesContext(connection) as seen:
            ask(keeper, path)
        return len(seen)

    def look():
        return [cost("destruction-candidates"), cost("destructions")]

    few = look()
    rows = [("N-014", f"L{n}", 2, AUTUMN) for n in range(20)]
    stock_in(beijing, rows, by=house.keeper, at=house.at)
    for n in range(10):
        asked(house, f"L{n}", 2, photo=None)
    assert look() == few
