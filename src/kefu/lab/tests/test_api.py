"""Another program orders, signs, hands out and checks in, with the bodies of the interface."""

import pytest
from django.test import Client

from kefu.foundation.api.actions import issue_token
from kefu.lab.models import Order
from kefu.lab.testing import sampling
from kefu.testing.cast import AT


@pytest.fixture
def program(settings):
    settings.TEST_CLOCK = True

    def acting(user):
        token = issue_token(user=user, name="程序", by=user, at=AT)
        client = Client(headers={"Authorization": f"Bearer {token}", "X-Kefu-At": AT.isoformat()})

        def call(method, path, body=None):
            send = {"get": client.get, "post": client.post}[method]
            data = {} if method == "get" else {"data": {} if body is None else body, "content_type": "application/json"}
            return send(f"/api/v1/{path}", **data)

        return call

    return acting


def body(customer, *items):
    return {"customer": f"cus_{customer.pk}", "doctor": "2002", "items": list(items)}


def test_from_the_order_to_testing(centre, customer, program):
    doctor, manager, consulting = program(centre.doctor), program(centre.manager), program(centre.consulting)
    placed = doctor("post", "lab-orders", body(customer, "T-FOOD", "T-OAT", "T-GEN", "T-GEN"))
    assert placed.status_code == 201
    told = placed.json()
    order = Order.objects.get()
    assert {key: told[key] for key in ("id", "number", "total", "status", "report_due")} == {
        "id": f"ord_{order.pk}", "number": "L26110001", "total": "5350.00", "status": "tests_ordered", "report_due": "2026-12-07",
    }  # fmt: skip
    path = f"lab-orders/{told['id']}"
    assert manager("post", f"{path}/signature", {}).json()["status"] == "signed"
    assert manager("post", f"{path}/kit", {}).json()["status"] == "customer_sampling"
    rejected = consulting("post", f"{path}/samples", {"accepted": False, "reason": "haemolysis"}).json()
    assert (rejected["status"], rejected["status_label"]) == ("resampling", "重新采样")
    assert [sample["reason"] for sample in rejected["samples"]] == ["haemolysis"] * 3 + [None] * 3
    assert consulting("post", f"{path}/samples", {"accepted": True}).json()["status"] == "testing"
    shown = doctor("get", path).json()
    assert (shown["status"], shown["status_label"], shown["reports"]) == ("testing", "检测中", [])
    assert [(item["item"], item["quantity"], item["amount"]) for item in shown["items"]] == [
        ("T-FOOD", 1, "1800.00"), ("T-OAT", 1, "2600.00"), ("T-GEN", 2, "950.00"),
    ]  # fmt: skip


def test_packages_and_words_for_a_reason_are_understood(centre, customer, program):
    told = program(centre.doctor)("post", "lab-orders", body(customer, "P-BASE", "T-ELE")).json()
    assert told["total"] == "4250.00"
    order = sampling(centre, customer, ("T-GEN",))
    check = program(centre.manager)
    spoken = check("post", f"lab-orders/{order.number}/samples", {"accepted": False, "reason": "客户忘了空腹"}).json()
    assert spoken["samples"][0]["reason"] == "客户忘了空腹"
    only = check("post", f"lab-orders/{order.number}/samples", {"accepted": True, "barcodes": ["S261100001-2"]}).json()
    assert only["status"] == "testing"


def test_refusals_say_what_is_wrong(centre, customer, program):
    doctor, manager = program(centre.doctor), program(centre.manager)
    assert manager("post", "lab-orders", body(customer, "T-GEN")).status_code == 403
    assert program(centre.sh_doctor)("post", "lab-orders", body(customer, "T-GEN")).status_code == 404
    unknown = doctor("post", "lab-orders", body(customer, "T-NONE"))
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (404, "items")
    assert doctor("post", "lab-orders", body(customer)).status_code == 422
    path = f"lab-orders/{doctor('post', 'lab-orders', body(customer, 'T-GEN')).json()['id']}"
    early = manager("post", f"{path}/kit", {})
    assert (early.status_code, early.json()["code"]) == (409, "not_signed")
    manager("post", f"{path}/signature", {})
    manager("post", f"{path}/kit", {})
    without = manager("post", f"{path}/samples", {"accepted": False})
    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "reason")
    wrong = manager("post", f"{path}/samples", {"accepted": True, "barcodes": ["S0"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (404, "barcodes")
    assert program(centre.sh_doctor)("get", path).status_code == 404
    assert Order.objects.get().status == "customer_sampling"


def test_the_list_is_filtered_by_status_and_customer(centre, customer, program):
    order = sampling(centre, customer)
    ask = program(centre.doctor)
    assert [row["id"] for row in ask("get", "lab-orders?status=customer_sampling").json()["items"]] == [
        f"ord_{order.pk}"
    ]
    assert ask("get", "lab-orders?status=testing").json() == {"items": [], "next": None}
    assert len(ask("get", f"lab-orders?customer=cus_{customer.pk}&limit=1").json()["items"]) == 1
    assert program(centre.sh_doctor)("get", "lab-orders").json()["items"] == []
