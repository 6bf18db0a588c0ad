"""Another program plans, asks, orders and lets goods in; each step under the name of its token."""

import pytest

from kefu.foundation.api.actions import issue_token
from kefu.purchasing.models import Acceptance, Supply
from kefu.stock.testing import stock_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(shop, client, settings):
    settings.TEST_CLOCK = True
    tokens = {}

    def ask(path, body=None, by=shop.product_manager):
        token = tokens.get(by) or tokens.setdefault(by, issue_token(user=by, name="t", by=shop.admin, at=shop.at))
        headers = {"Authorization": f"Bearer {token}", "X-Kefu-At": shop.at.isoformat()}
        url = f"/api/v1/purchase-{path}"
        if body is None:
            answer = client.get(url, headers=headers)
        else:
            answer = client.post(url, body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    return ask


def test_from_the_proposal_to_the_slip(shop, central, maker, ask):
    stock_in(central, [("N-001", "V1", 1, shop.at.date().replace(year=2029))],
             by=shop.central_keeper, at=shop.at)  # fmt: skip
    status, made = ask("proposals", {"warehouse": "WH-HQ"})
    assert (status, made["number"], made["products"]) == (201, "CJ2600001", 0)
    items = ask(f"proposals/{made['id']}/lines")[1]["items"]
    assert [(one["product"], one["supplier"], one["proposed"]) for one in items] == [
        ("N-014", "SUP-M1", 0),
        ("N-017", "SUP-M1", 0),
    ]
    change = {"line": items[0]["id"], "quantity": 24, "reason": "开业"}
    assert ask(f"proposals/{made['id']}/quantities", change)[1]["quantity"] == 24
    assert {one["id"]: one["price"] for one in ask("supplies")[1]["items"]}[items[0]["supply"]] == "80.00"
    wanted = {"supply": items[0]["supply"], "packs": 25, "proposal_line": items[0]["id"]}
    status, wrong = ask("requests", {"warehouse": "WH-HQ", "reason": "开业", "lines": [wanted]})
    assert (status, [one["field"] for one in wrong["errors"]]) == (422, ["lines.1.packs"])
    status, request = ask("requests", {"warehouse": "WH-HQ", "reason": "开业", "lines": [wanted | {"packs": 24}]})
    assert (status, request["amount"], request["state"], request["levels"]) == (201, "1920.00", "asked", 1)
    approval = f"requests/{request['id']}/approval"
    assert ask(approval, {"verdict": "approved"})[0] == 403
    assert ask(approval, {"verdict": "declined"}, by=shop.leader)[0] == 422
    assert ask(approval, {"verdict": "approved"}, by=shop.leader)[1]["orders"] == ["CD2600001"]
    assert ask(approval, {"verdict": "approved"}, by=shop.leader2)[1]["code"] == "decided"
    assert ask(f"requests/{request['id']}/withdrawal", {})[1]["code"] == "decided"
    fact = {"kind": "confirmed", "on": "2026-11-23", "expected_on": "2026-12-01"}
    status, order = ask("orders/CD2600001/facts", fact)
    assert (status, order["state"], order["expected_on"], len(order["facts"])) == (200, "confirmed", "2026-12-01", 1)
    assert ask("orders?late=true")[1]["items"] == [] and len(ask("orders")[1]["items"]) == 1
    assert ask("orders/CD2600001/sendings", {"to": "nobody"})[0] == 422
    status, delivery = ask("deliveries", {"order": "CD2600001"}, by=shop.central_keeper)
    assert (status, delivery["state"], delivery["agreed"]) == (201, "counting", None)
    url = f"deliveries/{delivery['id']}"
    line = {"product": "N-014", "lot": "A", "expiry": "2028-06-30", "packs": 24}
    assert ask(f"{url}/stock-in", {}, by=shop.central_keeper)[1]["code"] == "not_counted"
    ask(f"{url}/confirmations", {"side": "keeper", "lines": [line]}, by=shop.central_keeper)
    assert ask(f"{url}/confirmations", {"side": "keeper", "lines": [line]})[0] == 403
    assert ask(f"{url}/confirmations", {"side": "product", "lines": [line | {"packs": 23}]})[1]["agreed"] is False
    assert ask(f"{url}/confirmations", {"side": "product", "lines": [line]})[1]["agreed"] is True
    status, booked = ask(f"{url}/stock-in", {}, by=shop.central_keeper)
    assert (status, booked["state"], booked["keeper"], booked["product"], booked["receipt"]) == (
        200, "booked", "1021", "1008", Acceptance.objects.get().receipt.number,
    )  # fmt: skip
    assert ask("orders/CD2600001")[1]["lines"][0]["received"] == 24
    assert ask("orders/CD2600001/closing", {"reason": "完"})[1]["code"] == "ended"
    assert Supply.objects.count() == 2
