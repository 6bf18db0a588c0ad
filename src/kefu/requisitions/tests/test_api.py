"""A program takes a requisition from need to shelf, and a lending there and back."""

import pytest

from kefu.kernel.ids import ident
from kefu.requisitions.models import Lending
from kefu.requisitions.tests.test_requisitions import JUNE, lying
from kefu.stock.testing import stock_in

pytestmark = pytest.mark.django_db


def test_from_need_to_shelf_by_programs(shop, program, central, beijing, fish_oil):
    names = ("keeper", "director", "finance", "product_manager", "central_keeper", "manager")
    send = {name: program(getattr(shop, name)) for name in names}
    body = {"warehouse": "WH-BJ", "lines": [{"product": "N-014", "packs": 20}]}
    assert send["finance"]("POST", "requisitions", body)[0] == 403
    assert send["keeper"]("POST", "requisitions", body | {"lines": []})[0] == 422
    status, made, _whole = send["keeper"]("POST", "requisitions", body, **{"Idempotency-Key": "a"})
    assert (status, made["state"], made["source"], made["lines"][0]["wanted"]) == (201, "draft", "WH-HQ", 20)
    assert send["keeper"]("POST", "requisitions", body, **{"Idempotency-Key": "a"})[1]["id"] == made["id"]
    url = f"requisitions/{made['id']}"

    def post(name, verb, body=None, expect=200):
        status, answer, _whole = send[name]("POST", f"{url}/{verb}", body or {})
        assert status == expect, answer
        return answer

    assert post("product_manager", "approval", expect=409)["code"] == "wrong_state"
    post("director", "signature")
    post("finance", "check")
    less = {"line": made["lines"][0]["id"], "packs": 14}
    assert post("product_manager", "approval", {"lines": [less]}, 422)["errors"][0]["code"] == "required"
    assert post("product_manager", "approval", {"lines": [less | {"reason": "不多"}]})["lines"][0]["approved"] == 14
    assert post("central_keeper", "picks", {"scan": "x", "packs": 1}, 422)["errors"][0]["field"] == "scan"
    assert post("central_keeper", "issue", expect=409)["code"] == "not_picked"
    for lot, packs in (("A", 12), ("B", 2)):
        post("central_keeper", "picks", {"scan": f"(01)00000000000000(10){lot}", "packs": packs})
    post("central_keeper", "packing", {"point": "wrap"})
    for point in ("carton", "full"):
        post("central_keeper", "packing", {"point": point})
    post("central_keeper", "parcels", {"carrier": "示范快递", "waybill": "SF1"})
    sent = post("central_keeper", "issue")
    assert (sent["state"], sent["open_packs"], sent["slip"]) == ("issued", 14, "CK2600001")
    (first, second) = send["keeper"]("GET", "transfers")[1]["items"]
    assert {first["lot"], second["lot"]} == {"A", "B"}
    lines = [{"line": row["id"], "accepted": row["packs"] - (row["lot"] == "B")} for row in sent["shipped"]]
    assert post("keeper", "arrival", {"lines": lines})["state"] == "issued"
    assert post("manager", "arrival", {"lines": lines})["state"] == "difference"
    short = next(row["id"] for row in sent["shipped"] if row["lot"] == "B")
    lost = {"line": short, "outcome": "lost", "packs": 1, "reason": "车上丢了"}
    states = [post(name, "settlements", lost)["state"] for name in ("keeper", "finance", "central_keeper")]
    assert states == ["difference", "difference", "received"]
    assert sum(lying(beijing).values()) == 13
    assert [row["number"] for row in send["keeper"]("GET", "requisitions?state=received")[1]["items"]] == [
        made["number"]
    ]
    assert program(shop.sh_manager)("GET", url)[0] == 404
    other = send["keeper"]("POST", "requisitions", body)[1]["id"]
    assert send["director"]("POST", f"requisitions/{other}/rejection", {"reason": "下月再说"})[1]["state"] == "rejected"
    third = send["keeper"]("POST", "requisitions", body)[1]["id"]
    assert send["keeper"]("POST", f"requisitions/{third}/withdrawal", {"reason": "填错"})[1]["state"] == "withdrawn"

    stock_in(beijing, [("N-014", "A", 5, JUNE)], by=shop.keeper, at=shop.at)
    lent = {
        "warehouse": "WH-BJ",
        "borrower": "2002",
        "purpose": "讲座",
        "due_on": "2026-11-25",
        "lines": [{"product": "N-014", "packs": 2}],
    }
    one = send["keeper"]("POST", "lendings", lent)[1]
    for name, verb, state in (("director", "consent", "agreed"), ("keeper", "handing", "out")):
        assert send[name]("POST", f"lendings/{one['id']}/{verb}", {})[1]["state"] == state
    lot = send["keeper"]("GET", "lendings?state=out")[1]["items"][0]["lots"][0]
    assert lot["id"] == ident("lnl", Lending.objects.get().lots.get().pk)
    back = {"lot": lot["id"], "packs": 2, "condition": "good"}
    assert send["keeper"]("POST", f"lendings/{one['id']}/returns", back)[1]["state"] == "returned"
    no = send["keeper"]("POST", "lendings", lent)[1]["id"]
    assert send["director"]("POST", f"lendings/{no}/refusal", {"reason": "不合适"})[1]["state"] == "refused"
