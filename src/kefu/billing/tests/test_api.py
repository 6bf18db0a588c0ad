"""Charges and payments as programs see them."""

import json

import pytest

from kefu.billing.models import Payment
from kefu.foundation.api.actions import issue_token
from kefu.kernel.ids import ident


@pytest.fixture
def ask(cast, cashier, client, settings):
    settings.TEST_CLOCK = True

    def send(path, body=None, user=None, **headers):
        token = issue_token(user=user or cashier, name="test", by=cast.admin, at=cast.at)
        headers = {"Authorization": f"Bearer {token}", "X-Kefu-At": cast.at.isoformat()} | headers
        if body is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)

    return send


def test_a_program_takes_money_once_whatever_it_repeats(cast, shen, owes, ask):
    charge = owes("100", 1)
    customer = ident("cus", shen.pk)
    body = {"customer": customer, "amount": "60.00", "method": "wechat", "reference": "4200001"}
    first = ask("payments", body, **{"Idempotency-Key": "a"})
    assert first.status_code == 201
    assert ask("payments", body, **{"Idempotency-Key": "a"}).json() == first.json()
    payment = Payment.objects.get()
    assert first.json() == {
        "id": ident("pay", payment.pk), "number": "SJ-BJ-2600001", "customer": customer, "day": "2026-11-23", "method": "wechat",
        "amount": "60.00", "change": None, "reference": "4200001", "status": "taken", "taken_at": "2026-11-23T09:00:00+08:00",
        "lines": [{"charge": charge.number, "amount": "60.00"}],
    }  # fmt: skip
    [shown] = ask(f"charges?customer={customer}").json()["items"]
    assert (shown["number"], shown["amount"], shown["paid"], shown["owed"]) == (
        charge.number,
        "100.00",
        "60.00",
        "40.00",
    )
    too_much = ask("payments", body | {"reference": "2", "amount": "40.01", "charges": [charge.number]})
    assert (too_much.status_code, too_much.json()["code"], too_much.json()["owed"]) == (409, "overpaid", "40.00")
    assert ask("payments", body | {"amount": "-1"}).status_code == 422
    assert ask("payments", body | {"amount": "0.001"}).status_code == 422
    assert ask("payments", body | {"reference": None}).json()["errors"][0]["field"] == "reference"
    assert ask("payments", body, user=cast.doctor).status_code == 403
    assert ask("payments", body, user=cast.sh_manager).status_code == 404


def test_a_program_reads_and_voids(cast, shen, owes, ask):
    owes("100", 1)
    made = ask("payments", {"customer": ident("cus", shen.pk), "amount": "60", "method": "cash", "given": "100"}).json()
    assert made["change"] == "40.00"
    assert ask(f"payments/{made['number']}").json() == made == ask(f"payments/{made['id']}").json()
    assert [one["id"] for one in ask("payments?day=2026-11-23").json()["items"]] == [made["id"]]
    assert ask(f"payments?day=2026-11-24&customer={ident('cus', shen.pk)}").json()["items"] == []
    shown = ask(f"consumption?customer={ident('cus', shen.pk)}").json()
    row = {"year": 2026, "kind": "lab.order", "what": "检测", "paid": "60.00", "refunded": "0.00"}
    assert shown == {
        "customer": ident("cus", shen.pk),
        "paid": "60.00",
        "refunded": "0.00",
        "net": "60.00",
        "rows": [row],
    }
    assert ask(f"consumption?customer={ident('cus', shen.pk)}", user=cast.sh_manager).status_code == 404
    assert ask(f"payments/{made['id']}/void", {"reason": " "}).status_code == 422
    assert ask(f"payments/{made['id']}/void", {"reason": "记错"}).json()["status"] == "voided"
    assert ask(f"payments/{made['id']}", user=cast.sh_manager).status_code == 404
