"""The desk in a browser: what is owed, a payment in few clicks, the receipt, the day."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.billing.actions import take_payment
from kefu.billing.models import Desk, Payment
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.printing.models import Print

D = Decimal


@pytest.fixture
def browser(login, cashier):
    return login(cashier)


def test_the_cashier_takes_cash_and_says_the_change(cast, shen, owes, browser):
    first, second = owes("100", 1), owes("50.50", 2)
    address = f"/customers/{shen.pk}/payments/new/"
    shown = browser.get(address).content.decode()
    assert "¥150.50" in shown and first.number in shown and 'value="150.50"' in shown
    key = re.search(r'name="key" value="([^"]+)"', shown).group(1)
    sent = {"charges": [first.pk, second.pk], "amount": "120", "method": "cash", "given": "200", "key": key}
    done = browser.post(address, sent)
    payment = Payment.objects.get()
    assert (done.status_code, done.url) == (302, f"/payments/{payment.pk}/")
    assert (payment.amount, payment.change, payment.key) == (D("120.00"), D("80.00"), key)
    assert browser.post(address, sent).url == f"/payments/{payment.pk}/"
    assert Payment.objects.count() == 1
    receipt = browser.get(done.url).content.decode()
    assert "¥80.00" in receipt and "SJ-BJ-2600001" in receipt
    late = browser.post(address, sent | {"key": "other", "charges": [second.pk], "amount": "30.51", "given": ""})
    assert (late.status_code, "现在只欠 ¥30.50" in late.content.decode()) == (409, True)
    tab = browser.get(f"/customers/{shen.pk}/tabs/charges/").content.decode()
    assert "¥150.50" in tab and "¥30.50" in tab and payment.number in tab


@pytest.mark.parametrize(
    "sent",
    [
        {"amount": "0"},
        {"amount": "1.234"},
        {"amount": "abc"},
        {"method": "wechat"},
        {"charges": []},
        {"method": "x"},
        {"given": "5"},
    ],
)
def test_wrong_entries_come_back_with_a_word(shen, owes, browser, sent):
    charge = owes("100", 1)
    answer = browser.post(
        f"/customers/{shen.pk}/payments/new/", {"charges": [charge.pk], "amount": "10", "method": "cash"} | sent
    )
    assert (answer.status_code, "is-invalid" in answer.content.decode() or "kf-errors" in answer.content.decode()) == (
        422,
        True,
    )
    assert not Payment.objects.exists()


def test_the_receipt_prints_with_its_copy_and_a_void_says_why(cast, shen, owes, browser, login, cashier):
    owes("100", 1)
    payment = take_payment(customer=shen, amount=D("60"), method="card", reference="P-77", by=cashier, at=cast.at)
    for _time in range(2):
        assert browser.post(f"/payments/{payment.pk}/prints/").status_code == 302
    assert [one.copy_label for one in Print.objects.order_by("pk")] == ["", "副本 1"]
    assert browser.post(f"/payments/{payment.pk}/void/", {"reason": ""}).status_code == 422
    assert browser.post(f"/payments/{payment.pk}/void/", {"reason": "刷错卡"}).status_code == 302
    assert "刷错卡" in browser.get(f"/payments/{payment.pk}/").content.decode()
    assert browser.post(f"/payments/{payment.pk}/void/", {"reason": "再"}).status_code == 409
    assert AuditEntry.objects.filter(code="billing.payment.read", customer_id=shen.pk).exists()
    stranger = login(cast.sh_manager)
    assert (
        stranger.get(f"/payments/{payment.pk}/").status_code,
        stranger.get(f"/customers/{shen.pk}/payments/new/").status_code,
    ) == (404, 404)
    assert login(cast.doctor).get("/payments/").status_code == 403


def test_the_day_adds_up_by_desk(cast, shen, owes, browser, login, cashier):
    owes("100", 1)
    take_payment(customer=shen, amount=D("60"), method="cash", by=cashier, at=cast.at)
    assert login(cast.admin).post(f"/desks/{cast.bj.pk}/new/").status_code == 302
    second = Desk.objects.get(node=cast.bj, position=2)
    take_payment(customer=shen, amount=D("15"), method="wechat", reference="42", desk=second, by=cashier, at=cast.at)
    day = browser.get("/payments/?day=2026-11-23").content.decode()
    assert "¥75.00" in day and "SJ-BJ-2600002" in day
    one = browser.get(f"/payments/?day=2026-11-23&desk={second.pk}").content.decode()
    assert "SJ-BJ-2600002" in one and "SJ-BJ-2600001" not in one and "¥75.00" not in one
    assert "这一天没有收款" in browser.get("/payments/?day=2026-11-22").content.decode()
    assert browser.get("/payments/?day=x&desk=y").status_code == 200
    assert "北京朝阳中心" in login(cast.admin).get("/desks/").content.decode()


def test_the_list_costs_the_same_for_more_rows(cast, shen, owes, browser, cashier, django_assert_num_queries):
    owes("100", 1)
    take_payment(customer=shen, amount=D("1"), method="cash", by=cashier, at=cast.at)
    browser.get("/payments/?day=2026-11-23")
    with CaptureQueriesContext(connection) as one:
        browser.get("/payments/?day=2026-11-23")
    for number in range(20):
        take_payment(customer=shen, amount=D("1"), method="card", reference=str(number), by=cashier, at=cast.at)
    with django_assert_num_queries(len(one)):
        browser.get("/payments/?day=2026-11-23")
