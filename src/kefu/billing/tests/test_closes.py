"""The evening at a desk: counted against the book, a difference explained, the float taken over, and nothing booked behind it."""

import json
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import (
    Counted,
    ask_refund,
    close_day,
    confirm_close,
    drop_refund,
    pay_refund,
    reopen_day,
    take_payment,
    void_payment,
)
from kefu.billing.limits import CLOSE_DIFFERENCE, CLOSE_FLOAT, CLOSE_HOURS
from kefu.billing.models import CloseCash, CloseLine, DayClose, Payment
from kefu.billing.queries import business_day, paid_on
from kefu.billing.slots import days_to_close
from kefu.billing.tests.conftest import colleague
from kefu.foundation.api.actions import issue_token
from kefu.foundation.approvals.actions import approve
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.files.storage import read
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.testing.races import at_once

D = Decimal
GOLDEN = Path(__file__).parent / "golden" / "day_close.txt"


@pytest.fixture(autouse=True)
def ladders(cast):
    load_roles(by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)


@pytest.fixture
def tomorrow(cast):
    return cast.at + timedelta(days=1)


@pytest.fixture
def pay(cast, shen, cashier):
    def take(amount, method="cash", at=cast.at, **more):
        return take_payment(customer=shen, amount=D(amount), method=method, by=cashier, at=at, **more)

    return take


@pytest.fixture
def second(cast):
    return colleague(cast, "cashier2", "cashier", "白示文", "2094")


def count(cash, wechat="0", slips=0, left="100", opening=None):
    """Cash as {value: pieces}."""
    others = {"wechat": (D(wechat), slips)}
    return Counted({D(value): many for value, many in cash.items()}, others, D(left), opening and D(opening))


def refusal(work, kind=Refused):
    with pytest.raises(kind) as caught:
        work()
    return caught.value


def test_the_day_is_counted_closed_and_taken_over(cast, shen, owes, pay, cashier, second, finance, tomorrow):
    owes("1000", 1)
    first = pay("120")
    pay("60", "wechat", reference="W-1")
    void_payment(payment=pay("5"), reason="记错", by=cashier, at=cast.at)
    desk = first.desk
    close = partial(close_day, desk=desk, by=cashier, at=cast.at)
    right = {"100": 3, "20": 1}
    for counted, field in (
        (count({"3": 1}), "cash"), (count({"100": -1}), "cash"), (count(right), "opening"), (count(right, left="-1", opening="200"), "left"),
        (count(right, left="320.01", opening="200"), "left"), (count(right, wechat="60.001", slips=1, opening="200"), "others"),
    ):  # fmt: skip
        assert [one.field for one in refusal(partial(close, counted=counted), Invalid).errors] == [field]
    short = count({"100": 3}, wechat="60", opening="200")
    why = refusal(partial(close, counted=short), Invalid).errors[0]
    assert (why.field, str(why.message)) == ("reason", "现金差额 −¥20.00、微信支付凭证差 1 张，请写明原因")
    for somebody, kind in ((cast.doctor, Forbidden), (cast.director, Forbidden), (cast.sh_manager, OutOfScope)):
        refusal(partial(close, counted=count(right, "60", 1, opening="200"), by=somebody), kind)
    assert not DayClose.objects.exists()
    done = close(counted=count(right, "60", 1, opening="200"))
    assert (done.number, done.day, done.difference, done.left, done.banked, done.two_people, done.reason) == (
        "RJ-BJ-2600001", date(2026, 11, 23), D("0.00"), D("100.00"), D("220.00"), False, "",
    )  # fmt: skip
    assert {line.method: (line.expected, line.counted, line.booked, line.slips) for line in done.lines.all()} == {
        "cash": (D("320.00"), D("320.00"), 1, None), "card": (D(0), D(0), 0, 0), "wechat": (D("60.00"), D("60.00"), 1, 1), "alipay": (D(0), D(0), 0, 0),
    }  # fmt: skip
    assert refusal(partial(close, counted=count(right))).code == "nothing_to_close"
    assert refusal(partial(void_payment, payment=first, reason="x", by=cashier, at=cast.at)).code == "other_day"
    late = pay("30")
    assert (str(late.day), business_day(desk.pk, cast.at)) == ("2026-11-24", date(2026, 11, 24))
    assert refusal(partial(close, counted=count(right))).code == "nothing_to_close"
    assert refusal(partial(confirm_close, close=done, by=cashier, at=cast.at)).code == "same_person"
    assert confirm_close(close=done, by=second, at=cast.at).confirmed_by == second
    assert refusal(partial(confirm_close, close=done, by=finance, at=cast.at)).code == "confirmed"
    # the float of the evening is that of the next morning, and a large difference needs two
    assert (CLOSE_DIFFERENCE.on(tomorrow), CLOSE_FLOAT.on(tomorrow)) == (50, 2000)
    next_day = partial(close_day, desk=desk, by=second, at=tomorrow, reason="少找了钱")
    assert [
        one.field for one in refusal(partial(next_day, counted=count({"100": 1}, opening="99")), Invalid).errors
    ] == ["opening"]
    apart = next_day(counted=count({"50": 1, "20": 1, "5": 1, "1": 3, "0.5": 3, "0.1": 4}, left="79.90"))
    assert (apart.opening, apart.difference, apart.two_people, apart.waits, apart.reason) == (
        D("100.00"),
        D("-50.10"),
        True,
        True,
        "少找了钱",
    )
    assert [(one.value, one.pieces) for one in apart.cash.all()][-1] == (D("0.10"), 4)
    pay("1", at=tomorrow + timedelta(days=1))
    over = partial(
        close_day,
        desk=desk,
        counted=count({"50": 1}, left="0"),
        reason="x",
        by=cashier,
        at=tomorrow + timedelta(days=1),
    )
    assert (refusal(over).code, refusal(over).details) == ("not_confirmed", {"close": "RJ-BJ-2600002"})
    confirm_close(close=apart, by=cashier, at=tomorrow)
    assert over().number == "RJ-BJ-2600003"
    row = AuditEntry.objects.filter(code="billing.day.closed").order_by("pk")[1]
    assert (row.node_id, row.changes["difference"], row.reason) == (cast.bj.pk, [None, "-50.10"], "少找了钱")


def test_finance_opens_a_day_again_and_only_the_last(cast, owes, pay, cashier, finance, tomorrow):
    owes("1000", 1)
    wrong, desk = pay("100"), None
    desk = wrong.desk
    first = close_day(desk=desk, counted=count({"100": 1}, opening="0"), by=cashier, at=cast.at)
    pay("50", at=tomorrow)
    later = close_day(desk=desk, counted=count({"100": 1, "50": 1}), by=cashier, at=tomorrow)
    again = partial(reopen_day, close=first, reason="记错客户", by=finance, at=tomorrow)
    assert refusal(again).code == "later_closed"
    assert "财务" in str(refusal(partial(again, by=cashier), Forbidden))
    assert refusal(partial(again, reason="  "), Invalid).errors[0].field == "reason"
    reopen_day(close=later, reason="先开后面", by=finance, at=tomorrow)
    again()
    assert refusal(again).code == "reopened"
    void_payment(payment=wrong, reason="记错客户", by=cashier, at=tomorrow)
    closing = partial(close_day, desk=desk, by=cashier, at=tomorrow)
    assert refusal(partial(closing, counted=count({}, left="0"), day=date(2026, 11, 24))).details == {
        "day": "2026-11-23"
    }
    assert [closing(counted=count({}, left="0", opening="0")).number, closing(counted=count({"50": 1}, left="0")).number] == [
        "RJ-BJ-2600003", "RJ-BJ-2600004"]  # fmt: skip
    assert DayClose.objects.standing().count() == 2 and DayClose.objects.count() == 4


def test_refunds_that_wait_are_settled_dropped_or_carried(cast, owes, pay, cashier, finance, tomorrow):
    charge = owes("100", 1)
    payment = pay("100")
    ask = partial(ask_refund, payment=payment, reason="不做了", at=cast.at)
    refunds = [ask(amount=D(20), by=cashier) for _number in range(2)] + [ask(amount=D(30), by=finance)]
    assert refunds[2].request.node == cast.bj and refunds[2].request.roles == ["centre_director"]
    assert (
        refusal(partial(drop_refund, refund=refunds[0], reason="没来", by=cashier, at=cast.at)).code == "not_approved"
    )
    for refund in refunds:
        approve(request=refund.request, by=cast.director, at=cast.at)
    close = partial(
        close_day,
        desk=payment.desk,
        counted=count({"50": 1, "20": 1, "10": 1}, left="0", opening="0"),
        by=cashier,
        at=cast.at,
    )
    pay_refund(refund=refunds[0], method="cash", by=cashier, at=cast.at)
    found = refusal(close)
    assert (found.code, found.details) == ("unfinished", {"receipts": ["SJ-BJ-2600001"] * 2})
    drop = partial(drop_refund, refund=refunds[1], reason="客户不来取", by=cashier, at=cast.at)
    refusal(partial(drop, reason=" "), Invalid)
    assert drop().state == "dropped"
    assert [refusal(work).code for work in (drop, partial(pay_refund, refund=refunds[1], method="cash", by=cashier, at=cast.at))] == [
        "refund_dropped"] * 2  # fmt: skip
    assert refusal(partial(drop, refund=refunds[0])).code == "refund_paid"
    assert paid_on([charge.pk]) == {charge.pk: D("80.00")}
    assert refusal(close).details == {"receipts": ["SJ-BJ-2600001"]}
    assert close(carry=True).carried == 1
    assert pay_refund(refund=refunds[2], method="cash", by=cashier, at=cast.at).day == date(2026, 11, 24)
    assert ask(amount=D(50), by=cashier).amount == D(50)  # what was dropped may be asked for again


@pytest.mark.django_db(transaction=True)
def test_two_close_at_once_and_the_database_books_nothing_behind_them(cast, owes, pay, cashier, second):
    owes("1000", 1)
    payment = pay("100")
    work = partial(close_day, desk=payment.desk, counted=count({"100": 1}, opening="0"), at=cast.at)
    got = at_once([partial(work, by=cashier), partial(work, by=second), partial(pay, "7"), partial(pay, "8")])
    closes = [one for one in got if isinstance(one, DayClose)]
    # a payment that came first makes the count wrong, one that came after belongs to the next day
    booked = set(Payment.objects.values_list("amount", "day"))
    assert len(closes) <= 1 and len(booked) == 3
    if not closes:
        closes = [work(by=cashier, reason="同时收款")]
    on_day = sum(amount for amount, day in Payment.objects.values_list("amount", "day") if day == closes[0].day)
    assert closes[0].lines.get(method="cash").expected == on_day
    close, line = closes[0], closes[0].lines.first()
    late = Payment(
        number="X",
        customer=payment.customer,
        desk=payment.desk,
        day=close.day,
        method="cash",
        amount=1,
        by=cashier,
        at=cast.at,
    )
    attempts = [
        lambda: late.save(),
        lambda: Payment.objects.filter(pk=payment.pk).update(state="voided", reason="x", voided_by=cashier, voided_at=cast.at),
        lambda: DayClose.objects.create(number="Y", desk=close.desk, day=close.day, opening=0, left=0, two_people=False, by=second, at=cast.at),
        lambda: DayClose.objects.filter(pk=close.pk).update(left=1),
        lambda: DayClose.objects.filter(pk=close.pk).update(confirmed_by=close.by, confirmed_at=cast.at),
        lambda: CloseLine.objects.filter(pk=line.pk).update(counted=1),
        lambda: CloseCash.objects.all().delete(),
        lambda: close.delete(),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_the_evening_in_the_browser_and_on_paper(cast, owes, pay, cashier, second, finance, login, tomorrow):
    owes("1000", 1)
    payment = pay("120")
    browser, other = login(cashier), login(second)
    item = next(iter(days_to_close(cashier, tomorrow)))
    assert (item.what, item.url, CLOSE_HOURS.on(tomorrow)) == (
        "2026-11-23 还没有日结",
        f"/day-closes/desks/{payment.desk_id}/",
        10,
    )
    assert item.due_at.isoformat() == "2026-11-24T10:00:00+08:00"
    assert list(days_to_close(cast.doctor, tomorrow)) == list(days_to_close(cashier, cast.at)) == []
    assert item.url in browser.get("/day-closes/").content.decode()
    assert "没有缺号" in browser.get(item.url).content.decode()
    sent = {"note_1000": "3", "note_200": "1", "opening": "200", "left": "300"}
    for wrong in ({"note_1000": "-1"}, {"left": ""}, {"left": "400"}, {"opening": "x"}, {"note_200": ""}):
        answer = browser.post(item.url, sent | wrong)
        assert (answer.status_code, "kf-errors" in answer.content.decode()) == (422, True)
    for day, status in (("2026-11-22", 409), ("x", 422)):
        assert browser.post(item.url, sent | {"day": day}).status_code == status
    made = browser.post(item.url, sent | {"day": "2026-11-23", "note_50": "20", "reason": "多收了钱"})
    close = DayClose.objects.get()
    assert (made.status_code, made.url, close.difference, close.waits) == (
        302,
        f"/day-closes/{close.pk}/",
        D("100.00"),
        True,
    )
    assert [one.what for one in days_to_close(second, tomorrow)] == ["RJ-BJ-2600001 等第二个人确认接班"]
    assert list(days_to_close(cashier, tomorrow)) == []
    assert browser.post(f"{made.url}confirmation/").status_code == 302 and DayClose.objects.get().confirmed_at is None
    assert (
        "确认接班" in other.get(made.url).content.decode() and "确认接班" not in browser.get(made.url).content.decode()
    )
    assert other.post(f"{made.url}confirmation/").status_code == 302
    assert browser.post(f"{made.url}reopening/", {"reopened_why": "x"}).status_code == 403
    for _time in range(2):
        assert browser.post(f"{made.url}prints/").status_code == 302
    prints = Print.objects.order_by("pk")
    assert [one.copy_label for one in prints] == ["", "副本 1"]
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(read(prints[0].file))).pages)
    assert text == GOLDEN.read_text(encoding="utf-8")
    keeper = login(finance)
    assert keeper.post(f"{made.url}reopening/", {"reopened_why": ""}).status_code == 422
    assert keeper.post(f"{made.url}reopening/", {"reopened_why": "重点"}).status_code == 302
    assert "重点" in browser.get(made.url).content.decode()
    assert "已重开" in browser.get("/day-closes/?show=").content.decode()
    assert login(cast.sh_manager).get(made.url).status_code == 404
    assert login(cast.doctor).get("/day-closes/").status_code == 403


def test_a_program_closes_confirms_and_opens_again(cast, owes, pay, cashier, second, finance, client, settings):
    settings.TEST_CLOCK = True
    owes("100", 1)
    pay("60")

    def send(path, body=None, user=cashier):
        token = issue_token(user=user, name="test", by=cast.admin, at=cast.at)
        headers = {"Authorization": f"Bearer {token}", "X-Kefu-At": cast.at.isoformat()}
        if body is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)

    body = {
        "node": "BJ",
        "cash": [{"value": "50", "pieces": 1}, {"value": "10", "pieces": 1}],
        "left": "60.00",
        "opening": "0",
    }
    wrong = [
        {"cash": body["cash"] * 2},
        {"desk": 2},
        {"node": "SH"},
        {"left": "-1"},
        {"others": [{"method": "cash", "amount": "1", "slips": 1}]},
    ]
    assert [send("day-closes", body | one).status_code for one in wrong] == [422, 404, 404, 422, 422]
    assert send("day-closes", body | {"day": "2026-11-22"}).json()["code"] == "day_closed"
    made = send("day-closes", body)
    close = made.json()
    assert (made.status_code, close["number"], close["status"], close["difference"], close["lines"][0]) == (201, "RJ-BJ-2600001", "closed", "0.00", {
        "method": "cash", "expected": "60.00", "counted": "60.00", "difference": "0.00", "booked": 1, "slips": None})  # fmt: skip
    assert (
        send("day-closes?node=BJ&day=2026-11-23").json()["items"]
        == [close]
        == [send("day-closes/RJ-BJ-2600001").json()]
    )
    path = f"day-closes/{close['id']}"
    assert send(f"{path}/confirmation", {}).json()["code"] == "same_person"
    assert send(f"{path}/confirmation", {}, second).json()["status"] == "confirmed"
    assert send(f"{path}/reopening", {"reason": "x"}).status_code == 403
    assert send(f"{path}/reopening", {"reason": "重点"}, finance).json()["status"] == "reopened"
    assert [send(path, user=one).status_code for one in (cast.sh_manager, cast.doctor)] == [404, 403]
