"""Money goes back: asked for, agreed by somebody else, paid out once, and never more than was paid."""

import json
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import ask_refund, cancel_charge, pay_refund, take_payment, void_payment
from kefu.billing.limits import SECOND_LEVEL
from kefu.billing.models import Payment, Refund, RefundLine
from kefu.billing.queries import (
    charges_of,
    consumption_of,
    paid_on,
    payments_listed,
    refunds_paid,
    standing_of,
    takings,
)
from kefu.billing.tests.conftest import colleague
from kefu.customers.models import TimelineLine
from kefu.foundation.api.actions import issue_token
from kefu.foundation.approvals.actions import approve, decline, withdraw
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.kernel.ids import ident
from kefu.testing.races import at_once

D = Decimal


@pytest.fixture(autouse=True)
def ladders(cast):
    load_roles(by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)


@pytest.fixture
def tomorrow(cast):
    return cast.at + timedelta(days=1)


@pytest.fixture
def paid(cast, shen, cashier, owes):
    """Two charges of 100 and 50, of which 120 were paid by WeChat Pay."""
    charges = owes("100", 1), owes("50", 2)
    payment = take_payment(customer=shen, amount=D(120), method="wechat", reference="42", by=cashier, at=cast.at)
    return payment, charges


@pytest.fixture
def wanted(cashier, tomorrow, paid):
    def ask(amount, by=None, **more):
        return ask_refund(
            **{"payment": paid[0], "amount": D(amount), "reason": "不做了", "by": by or cashier, "at": tomorrow} | more
        )

    return ask


def refusal(work, kind=Refused):
    with pytest.raises(kind) as caught:
        work()
    return caught.value


def test_the_money_of_yesterday_goes_back_and_the_charge_falls_away(
    cast, shen, cashier, finance, paid, wanted, tomorrow
):
    payment, (first, second) = paid
    cancel = partial(cancel_charge, charge=first, reason="不做了", by=cast.manager, at=tomorrow)
    assert refusal(cancel).code == "charge_paid"
    assert refusal(partial(void_payment, payment=payment, reason="x", by=cashier, at=tomorrow)).code == "other_day"
    refund = wanted("100", charges=[first])
    assert refund.state == "open"
    give = partial(pay_refund, refund=refund, method="wechat", reference="R-1", by=finance, at=tomorrow)
    assert refusal(give).code == "not_approved"
    assert refusal(partial(approve, request=refund.request, by=cashier, at=tomorrow)).code == "not_your_turn"
    approve(request=refund.request, by=cast.director, at=tomorrow)
    assert (refusal(cancel).code, paid_on([first.pk])) == ("charge_paid", {first.pk: D("100.00")})
    done = give()
    assert (done.number, done.state, done.desk.node, str(done.day)) == ("TK-BJ-2600001", "paid", cast.bj, "2026-11-24")
    assert refusal(give).code == "refund_paid"
    assert paid_on([first.pk, second.pk]) == {second.pk: D("20.00")}
    consumed = consumption_of(shen)
    assert [(row.year, row.kind, row.what, row.paid, row.refunded) for row in consumed.rows] == [
        (2026, "lab.order", "检测", D("120.00"), D("100.00"))
    ]
    assert (consumed.paid, consumed.refunded, consumed.net) == (
        D("120.00"),
        D("100.00"),
        standing_of(charges_of(shen)).paid,
    )
    cancel()
    account = standing_of(charges_of(shen))
    assert (account.due, account.paid, account.owed) == (D("50.00"), D("20.00"), D("30.00"))
    said = [str(line.item) for line in TimelineLine.objects.filter(customer=shen, kind="spending")]
    assert "退款 ¥100.00，退款单 TK-BJ-2600001" in said
    row = AuditEntry.objects.get(code="billing.refund.paid")
    assert (row.customer_id, row.node_id, row.changes["amount"]) == (shen.pk, cast.bj.pk, [None, "100.00"])
    day = {"day": "2026-11-24"}
    wechat = next(
        one
        for one in takings(payments_listed(finance, day, tomorrow), refunds_paid(finance, day, tomorrow))
        if one.method == "wechat"
    )
    assert (wechat.amount, wechat.refunded, wechat.net) == (D(0), D(100), D(-100))


def test_one_no_stops_it_and_frees_the_money(cast, cashier, wanted, tomorrow):
    refund = wanted("120")
    assert refusal(partial(wanted, "0.01")).details == {"left": "0.00"}
    decline(request=refund.request, comment="再谈谈", by=cast.director, at=tomorrow)
    refund = Refund.objects.get()
    assert refund.state == "declined"
    assert refusal(partial(pay_refund, refund=refund, method="cash", by=cashier, at=tomorrow)).code == "not_approved"
    again = wanted("70")
    assert refusal(partial(wanted, "50.01")).details == {"left": "50.00"}
    withdraw(request=again.request, by=cashier, at=tomorrow)
    assert list(wanted("120").lines.order_by("pk").values_list("amount", flat=True)) == [D("100.00"), D("20.00")]


def test_above_the_limit_two_levels_agree(cast, shen, cashier, owes, tomorrow):
    leader = colleague(cast, "leader", "leadership", "白示和", "2093")
    assert SECOND_LEVEL.on(tomorrow) == 1000
    owes("3000", 1)
    payment = take_payment(customer=shen, amount=D(3000), method="cash", by=cashier, at=cast.at)
    ask = partial(ask_refund, payment=payment, reason="不做了", by=cashier, at=tomorrow)
    small, large = ask(amount=D(1000)), ask(amount=D("1000.01"))
    for refund in (small, large):
        approve(request=refund.request, by=cast.director, at=tomorrow)
    assert [Refund.objects.get(pk=one.pk).state for one in (small, large)] == ["approved", "open"]
    give = partial(pay_refund, refund=large, method="cash", by=cashier, at=tomorrow)
    assert refusal(give).code == "not_approved"
    large.request.refresh_from_db()
    approve(request=large.request, by=leader, at=tomorrow)
    assert give().number == "TK-BJ-2600001"


@pytest.mark.parametrize(
    ("given", "field"),
    [({"amount": D(0)}, "amount"), ({"amount": D("NaN")}, "amount"), ({"amount": D("0.001")}, "amount"),
     ({"reason": "  "}, "reason"), ({"reason": "长" * 201}, "reason")],
)  # fmt: skip
def test_what_is_no_refund_is_refused(wanted, given, field):
    assert [one.field for one in refusal(partial(wanted, **{"amount": "1"} | given), Invalid).errors] == [field]
    assert not Refund.objects.exists()


def test_it_goes_back_in_cash_or_the_way_it_came(cast, cashier, wanted, tomorrow):
    refund, other = wanted("10"), wanted("20")
    for one in (refund, other):
        approve(request=one.request, by=cast.director, at=tomorrow)
    give = partial(pay_refund, refund=refund, by=cashier, at=tomorrow)
    for method, reference, field in (
        ("card", "1", "method"),
        ("wechat", " ", "reference"),
        ("cash", "1", "reference"),
        ("wechat", "1" * 65, "reference"),
    ):
        assert [one.field for one in refusal(partial(give, method=method, reference=reference), Invalid).errors] == [
            field
        ]
    give(method="wechat", reference="R-1")
    assert refusal(partial(give, refund=other, method="wechat", reference="R-1")).code == "reference_used"
    assert give(refund=other, method="cash").number == "TK-BJ-2600002"


def test_who_may_ask_and_pay_and_what_was_voided(cast, cashier, paid, wanted, tomorrow):
    for somebody, kind in ((cast.doctor, Forbidden), (cast.sh_manager, OutOfScope)):
        refusal(partial(wanted, "1", by=somebody), kind)
    refund = wanted("1", at=cast.at)
    void = partial(void_payment, payment=paid[0], reason="记错", by=cashier, at=cast.at)
    assert refusal(void).code == "refund_asked"
    for somebody, kind in ((cast.doctor, Forbidden), (cast.sh_manager, OutOfScope)):
        refusal(partial(pay_refund, refund=refund, method="cash", by=somebody, at=cast.at), kind)
    withdraw(request=refund.request, by=cashier, at=cast.at)
    void()
    assert refusal(partial(wanted, "1")).code == "payment_voided"


def test_the_database_itself_refuses(cast, cashier, paid, wanted, tomorrow):
    payment, (first, _second) = paid
    refund, unheard, late = wanted("20"), wanted("20"), wanted("5")
    approve(request=refund.request, by=cast.director, at=tomorrow)
    approve(request=late.request, by=cast.director, at=tomorrow)
    pay_refund(refund=refund, method="cash", by=cashier, at=tomorrow)
    desk = Refund.objects.get(pk=refund.pk).desk
    out = {"number": "X", "desk": desk, "day": "2026-11-24", "paid_by": cashier, "paid_at": tomorrow}
    rows = Refund.objects.filter
    attempts = [
        lambda: RefundLine.objects.create(refund=late, charge=first, amount=D("55.01")),
        lambda: RefundLine.objects.update(amount=D(1)),
        lambda: RefundLine.objects.filter(refund=unheard).delete(),
        lambda: rows(pk=unheard.pk).update(amount=D(1)),
        lambda: rows(pk=refund.pk).update(method="wechat", reference="1"),
        lambda: rows(pk=refund.pk).delete(),
        lambda: rows(pk=unheard.pk).update(method="cash", **out),
        lambda: rows(pk=late.pk).update(method="card", reference="1", **out),
        lambda: rows(pk=late.pk).update(number="X"),
        lambda: Payment.objects.filter(pk=payment.pk).update(state="voided", reason="x", voided_by=cashier, voided_at=tomorrow),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert paid_on([first.pk]) == {first.pk: D("80.00")}


@pytest.mark.django_db(transaction=True)
def test_two_refunds_of_one_payment_at_once_are_never_more_than_was_paid(cast, cashier, wanted, tomorrow):
    got = at_once([partial(wanted, "70") for _person in range(3)])
    [refund] = [one for one in got if isinstance(one, Refund)]
    assert {one.code for one in got if isinstance(one, Refused)} == {"over_refunded"}
    assert len(got) == 3
    approve(request=refund.request, by=cast.director, at=tomorrow)
    give = partial(pay_refund, refund=refund, method="cash", by=cashier, at=tomorrow)
    got = at_once([give] * 3)
    assert sorted(getattr(one, "code", "done") for one in got) == ["done", "refund_paid", "refund_paid"]
    assert Refund.objects.get().number == "TK-BJ-2600001"


def test_a_refund_in_the_browser_from_the_receipt_to_the_slip(cast, paid, login, cashier):
    payment, (first, second) = paid
    browser, director = login(cashier), login(cast.director)
    address = f"/payments/{payment.pk}/refunds/new/"
    assert address in browser.get(f"/payments/{payment.pk}/").content.decode()
    assert 'value="120.00"' in browser.get(address).content.decode()
    sent = {"charges": [first.pk, second.pk], "amount": "120.01", "reason": "客户不做了"}
    assert [
        browser.post(address, sent | bad).status_code for bad in ({}, {"amount": "x"}, {"charges": []}, {"reason": ""})
    ] == [409, 422, 422, 422]
    made = browser.post(address, sent | {"amount": "110"})
    refund = Refund.objects.get()
    assert made.url == f"/refunds/{refund.pk}/"
    assert "等批准" in browser.get("/refunds/").content.decode()
    asked = director.get(f"/requests/{refund.request_id}/").content.decode()
    assert made.url in asked and "¥110.00" in asked and "客户不做了" in asked
    payout = f"{made.url}payout/"
    assert browser.post(payout, {"method": "cash"}).status_code == 409
    director.post(f"/requests/{refund.request_id}/decision/", {"verdict": "approve", "level": refund.request.position})
    assert "确认已退款" in browser.get(made.url).content.decode()
    assert "确认已退款" not in director.get(made.url).content.decode()
    assert director.post(payout, {"method": "cash"}).status_code == 403
    assert [browser.post(payout, bad).status_code for bad in ({"method": "card"}, {"method": "wechat"})] == [422, 422]
    assert browser.post(f"{made.url}prints/").status_code == 404
    assert browser.post(payout, {"method": "cash"}).status_code == 302
    assert "TK-BJ-2600001" in browser.get(f"/payments/{payment.pk}/").content.decode()
    assert "TK-BJ-2600001" not in browser.get("/refunds/").content.decode()
    assert "TK-BJ-2600001" in browser.get("/refunds/?day=2026-11-23").content.decode()
    assert "¥110.00" in browser.get("/payments/").content.decode()
    assert browser.post(f"{made.url}prints/").status_code == 302
    assert Print.objects.get().subject_id == refund.pk
    stranger = login(cast.sh_manager)
    assert [stranger.get(one).status_code for one in (made.url, address)] == [404, 404]


def test_a_program_asks_and_pays_out(cast, paid, client, settings, cashier):
    settings.TEST_CLOCK = True
    payment, (first, _second) = paid

    def send(path, body=None, user=cashier):
        token = issue_token(user=user, name="test", by=cast.admin, at=cast.at)
        headers = {"Authorization": f"Bearer {token}", "X-Kefu-At": cast.at.isoformat()}
        if body is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)

    body = {"payment": payment.number, "amount": "60.00", "reason": "不做了", "charges": [first.number]}
    made = send("refunds", body)
    refund = Refund.objects.get()
    assert (made.status_code, made.json()) == (201, {
        "id": ident("ref", refund.pk), "number": None, "payment": payment.number, "customer": ident("cus", payment.customer_id), "amount": "60.00",
        "reason": "不做了", "status": "open", "asked_at": "2026-11-23T09:00:00+08:00", "day": None, "method": "", "reference": "", "paid_at": None,
        "lines": [{"charge": first.number, "amount": "60.00"}],
    })  # fmt: skip
    over = send("refunds", body | {"amount": "40.01"})
    assert (over.status_code, over.json()["code"], over.json()["left"]) == (409, "over_refunded", "40.00")
    payout = f"refunds/{made.json()['id']}/payout"
    assert send(payout, {"method": "cash"}).json()["code"] == "not_approved"
    approve(request=refund.request, by=cast.director, at=cast.at)
    assert send(payout, {"method": "wechat"}).status_code == 422
    done = send(payout, {"method": "wechat", "reference": "R-1"}).json()
    assert (done["status"], done["number"], done["day"]) == ("paid", "TK-BJ-2600001", "2026-11-23")
    assert (
        send("refunds?paid=true").json()["items"] == [done] == send(f"refunds?payment={payment.number}").json()["items"]
    )
    assert send("refunds?paid=false").json()["items"] == []
    assert send(f"refunds/{done['number']}").json() == done
    assert send(f"refunds/{done['id']}", user=cast.sh_manager).status_code == 404
    assert send("refunds", body, user=cast.doctor).status_code == 403
