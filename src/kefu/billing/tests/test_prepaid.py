"""A package of lessons from the sale to the last one: deducted, put right, frozen, passed on, given back for money; little left is said once."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import (
    cancel_charge,
    counter,
    deduct,
    drop_refund,
    freeze,
    handle_low,
    pay_refund,
    refund_units,
    return_units,
    sell_prepaid,
    take_payment,
    thaw,
    transfer,
)
from kefu.billing.jobs import expire_prepaid, watch_prepaid
from kefu.billing.limits import PREPAID_LOW
from kefu.billing.models import Charge, Prepaid, PrepaidEntry, PrepaidFreeze, PrepaidLow, Refund
from kefu.billing.prepaid_slots import low_packages
from kefu.billing.queries import paid_on, standing_of
from kefu.billing.queries.prepaid import ledger_of
from kefu.customers.models import Customer, TimelineLine
from kefu.foundation.approvals.actions import approve, decline
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.limits.models import LimitValue
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.testing.races import at_once

D = Decimal
TODAY, END = date(2026, 11, 23), date(2027, 5, 31)


def refusal(work, kind=Refused):
    with pytest.raises(kind) as caught:
        work()
    return caught.value


@pytest.fixture(autouse=True)
def ladders(cast):
    load_roles(by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)


@pytest.fixture
def tao(cast):
    return Customer.objects.create(name="陶映川", node=cast.bj, doctor=cast.doctor, health_manager=cast.manager,
                                   created_by=cast.manager, created_at=cast.at)  # fmt: skip


@pytest.fixture
def sold(cast, shen, cashier):
    """Ten lessons for 1,000 yuan."""
    return sell_prepaid(
        customer=shen, item="瑜伽私教", units=10, price=D(1000), valid_until=END, key="s-1", by=cashier, at=cast.at
    )


@pytest.fixture
def use(cast, sold, cashier):
    def work(units=1, on=TODAY, at=cast.at, prepaid=sold, **more):
        return deduct(
            prepaid=prepaid, units=units, on=on, item="晨练", served_by=cast.manager, by=cashier, at=at, **more
        )

    return work


def fresh(prepaid):
    return Prepaid.objects.select_related("customer", "charge").get(pk=prepaid.pk)


def low_units(cast):
    return [(one.left, one.ended_at is None) for one in PrepaidLow.objects.order_by("pk")]


@pytest.mark.req("CUS-029")
def test_units_are_sold_used_and_put_right(cast, shen, sold, use, cashier):
    assert (sold.number, sold.balance, sold.charge.amount) == ("KB-BJ-2600001", 10, D("1000.00"))
    again = sell_prepaid(
        customer=shen, item="瑜伽私教", units=10, price=D(1000), valid_until=END, key="s-1", by=cashier, at=cast.at
    )
    assert again == sold and Charge.objects.count() == 1
    sell = partial(
        sell_prepaid, customer=shen, item="瑜伽私教", units=10, price=D(1000), valid_until=END, by=cashier, at=cast.at
    )
    assert refusal(partial(sell, units=9, key="s-1")).code == "key_used"
    for wrong, field in (({"units": 0}, "units"), ({"item": " "}, "item"), ({"price": D("-1")}, "price"), ({"price": D("0.001")}, "price"),
                         ({"unit": "x"}, "unit"), ({"valid_until": TODAY - timedelta(days=1)}, "valid_until")):  # fmt: skip
        assert [one.field for one in refusal(partial(sell, **wrong), Invalid).errors] == [field]
    for somebody, kind in ((cast.doctor, Forbidden), (cast.director, Forbidden), (cast.sh_manager, OutOfScope)):
        refusal(partial(sell, by=somebody), kind)
    first = use(2, signature="QZ-1", key="d-1")
    assert use(2, signature="QZ-1", key="d-1") == first and fresh(sold).balance == 8
    assert refusal(partial(use, 3, key="d-1")).code == "key_used"
    assert refusal(partial(use, 9)).details == {"left": 8}
    for wrong, field in (({"units": 0}, "units"), ({"on": TODAY + timedelta(days=1)}, "on"), ({"on": TODAY - timedelta(days=1)}, "on"),
                         ({"signature": "长" * 61}, "signature")):  # fmt: skip
        assert [one.field for one in refusal(partial(use, **wrong), Invalid).errors] == [field]
    back = partial(counter, entry=first, reason="记错了人", by=cashier, at=cast.at)
    assert (back().units, fresh(sold).balance) == (2, 10)
    assert [refusal(back).code, refusal(partial(back, entry=sold.entries.first())).code] == [
        "countered",
        "not_countered",
    ]
    refusal(partial(back, reason=" "), Invalid)
    assert [(one.kind, one.units, one.after) for one in ledger_of(sold)] == [
        ("bought", 10, 10), ("deducted", -2, 8), ("countered", 2, 10)]  # fmt: skip
    assert [str(line.item) for line in TimelineLine.objects.filter(customer=shen).order_by("pk")] == [
        "课包 KB-BJ-2600001：瑜伽私教，共 10", "划课 2，课包 KB-BJ-2600001：瑜伽私教", "划课更正 2，课包 KB-BJ-2600001：瑜伽私教"]  # fmt: skip
    row = AuditEntry.objects.get(code="billing.prepaid.deducted")
    assert (row.customer_id, row.changes["balance"]) == (shen.pk, [10, 8])
    assert (
        refusal(partial(cancel_charge, charge=sold.charge, reason="x", by=cashier, at=cast.at)).code
        == "charge_of_prepaid"
    )


@pytest.mark.req("CUS-029")
def test_little_left_is_said_once_and_again_after_a_refill(cast, shen, sold, use, cashier):
    assert PREPAID_LOW.on(cast.at) == 3
    use(6)
    assert low_units(cast) == []
    use(1)
    use(1)
    watch_prepaid(at=cast.at)
    assert low_units(cast) == [(3, True)]
    told = Notice.objects.get(code="billing.prepaid_low")
    assert (told.user, told.text, told.link) == (
        cast.manager, "课包 KB-BJ-2600001（瑜伽私教）只剩 3，请联系客户续费", f"/prepaid/{sold.pk}/")  # fmt: skip
    [item] = low_packages(cast.manager, cast.at)
    assert (item.customer_name, item.what) == ("沈知夏", "瑜伽私教 只剩 2")
    assert list(low_packages(cast.manager2, cast.at)) == []
    low = PrepaidLow.objects.get()
    refusal(partial(handle_low, low=low, outcome=" ", by=cast.manager, at=cast.at), Invalid)
    handle_low(low=low, outcome="下月再说", by=cast.manager, at=cast.at)
    assert list(low_packages(cast.manager, cast.at)) == []
    assert refusal(partial(handle_low, low=low, outcome="x", by=cast.manager, at=cast.at)).code == "handled"
    more = sell_prepaid(customer=shen, item="瑜伽私教", units=5, price=D(500), valid_until=END, by=cashier, at=cast.at)
    assert low_units(cast) == [(3, False)]
    use(4, prepaid=more)
    assert low_units(cast) == [(3, False), (3, True)] and Notice.objects.filter(code="billing.prepaid_low").count() == 2
    counter(entry=more.entries.last(), reason="没上", by=cashier, at=cast.at)
    assert low_units(cast) == [(3, False), (3, False)]
    LimitValue.objects.create(code="billing.prepaid_low", value=7, valid_from=TODAY, set_by=cast.admin, set_at=cast.at)
    for _night in range(2):
        watch_prepaid(at=cast.at)
    assert low_units(cast)[2:] == [(7, True)]


@pytest.mark.req("CUS-029")
def test_a_freeze_stops_and_lengthens_and_time_runs_out(cast, sold, use, cashier, tao):
    at = cast.at
    stop = partial(
        freeze,
        prepaid=sold,
        starts=TODAY + timedelta(days=1),
        until=TODAY + timedelta(days=10),
        reason="出差",
        by=cashier,
        at=at,
    )
    for wrong, field in (({"starts": TODAY - timedelta(days=1)}, "starts"), ({"until": TODAY}, "until"),
                         ({"until": TODAY + timedelta(days=400)}, "until"), ({"reason": ""}, "reason")):  # fmt: skip
        assert [one.field for one in refusal(partial(stop, **wrong), Invalid).errors] == [field]
    use()
    assert refusal(partial(stop, starts=TODAY)).code == "deducted_then"
    stop()
    assert fresh(sold).valid_until == END + timedelta(days=10)
    assert refusal(stop).code == "frozen"
    later = at + timedelta(days=3)
    assert refusal(partial(use, on=TODAY + timedelta(days=3), at=later)).code == "frozen"
    assert use(on=TODAY, at=later).units == -1
    give = partial(transfer, prepaid=sold, to=tao, units=1, paper="ZR-1", reason="送人", by=cashier, at=later)
    assert refusal(give).code == "frozen"
    found = thaw(prepaid=sold, by=cashier, at=later)
    assert (found.ends_before, fresh(sold).valid_until) == (TODAY + timedelta(days=3), END + timedelta(days=2))
    assert refusal(partial(thaw, prepaid=sold, by=cashier, at=later)).code == "not_frozen"
    use(on=TODAY + timedelta(days=3), at=later)
    end = at + (END + timedelta(days=2) - TODAY)
    expire_prepaid(at=end)
    assert fresh(sold).balance == 7
    for _night in range(2):
        expire_prepaid(at=end + timedelta(days=1))
    assert (fresh(sold).balance, sold.entries.last().kind, sold.entries.last().units) == (0, "expired", -7)
    assert refusal(partial(use, on=END + timedelta(days=3), at=end + timedelta(days=1))).code == "expired"
    assert refusal(partial(stop, starts=END, until=END, at=at)).code == "nothing_left"


@pytest.mark.req("CUS-029")
def test_units_go_to_another_customer_and_only_the_payer_gets_money(cast, sold, use, cashier, tao):
    give = partial(
        transfer, prepaid=sold, to=tao, units=4, paper="转课同意书 ZR-1", reason="送给朋友", by=cashier, at=cast.at
    )
    for wrong, field in (({"to": sold.customer}, "to"), ({"paper": ""}, "paper"), ({"units": 0}, "units")):
        assert [one.field for one in refusal(partial(give, **wrong), Invalid).errors] == [field]
    got = give().prepaid
    assert (got.number, got.customer, got.units, fresh(got).balance, fresh(sold).balance, got.charge) == (
        "KB-BJ-2600002", tao, 4, 4, 6, None)  # fmt: skip
    assert refusal(partial(give, units=7)).details == {"left": 6}
    use(1, prepaid=got)
    back = partial(refund_units, prepaid=got, units=1, reason="不上了", by=cashier, at=cast.at)
    assert refusal(back).code == "received"
    home = transfer(prepaid=got, to=sold.customer, units=3, paper="ZR-2", reason="还回", by=cashier, at=cast.at)
    assert (home.prepaid, fresh(sold).balance, fresh(got).balance) == (sold, 9, 0)
    assert TimelineLine.objects.filter(customer=tao).count() == 3
    # both turn out to be one person: what was passed on still finds its way back to what was paid
    again = give(units=2).prepaid
    Prepaid.objects.filter(pk=again.pk).update(customer=sold.customer)
    transfer(prepaid=fresh(again), to=sold.customer, units=2, paper="合并", reason="同一位客户", by=cashier, at=cast.at)
    assert fresh(sold).balance == 9


@pytest.mark.req("CUS-029")
def test_unused_units_go_back_at_their_price_once(cast, shen, sold, use, cashier):
    pay = partial(take_payment, customer=shen, method="cash", by=cashier, at=cast.at)
    pay(amount=D(600)), pay(amount=D(400))
    use(4)
    back = partial(refund_units, prepaid=sold, units=5, reason="搬家", by=cashier, at=cast.at)
    assert refusal(partial(back, units=7)).details == {"left": 6}
    for somebody, kind in ((cast.doctor, Forbidden), (cast.sh_manager, OutOfScope)):
        refusal(partial(back, by=somebody), kind)
    entry = back()
    asked = Refund.objects.filter(entry=entry).order_by("pk")
    assert ([one.amount for one in asked], fresh(sold).balance) == ([D("400.00"), D("100.00")], 1)
    assert standing_of([sold.charge]).lines[0].net == D("500.00")
    undo = partial(return_units, entry=entry, reason="不退了", by=cashier, at=cast.at)
    assert refusal(undo).code == "refund_stands"
    decline(request=asked[0].request, comment="再谈谈", by=cast.director, at=cast.at)
    approve(request=asked[1].request, by=cast.director, at=cast.at)
    assert refusal(undo).code == "refund_stands"
    drop_refund(refund=asked[1], reason="没来取", by=cashier, at=cast.at)
    undo()
    assert [refusal(undo).code, refusal(partial(undo, entry=sold.entries.first())).code] == [
        "countered",
        "not_countered",
    ]
    assert (fresh(sold).balance, standing_of([sold.charge]).lines[0].net) == (6, D("1000.00"))
    second = back(units=6)
    for refund in Refund.objects.filter(entry=second).order_by("pk"):
        approve(request=refund.request, by=cast.director, at=cast.at)
        pay_refund(refund=refund, method="cash", by=cashier, at=cast.at)
    assert (fresh(sold).balance, paid_on([sold.charge_id])) == (0, {sold.charge_id: D("400.00")})
    assert standing_of([sold.charge]).owed == 0
    assert refusal(partial(back, units=1)).code == "not_enough"


@pytest.mark.req("CUS-029")
def test_what_is_not_paid_yet_is_no_more_owed(cast, shen, sold, cashier):
    take_payment(customer=shen, amount=D(300), method="cash", by=cashier, at=cast.at)
    refund_units(prepaid=sold, units=3, reason="少上", by=cashier, at=cast.at)
    line = standing_of([sold.charge]).lines[0]
    assert (line.owed, Refund.objects.count()) == (D("400.00"), 0)
    refund_units(prepaid=sold, units=5, reason="少上", by=cashier, at=cast.at)
    assert [one.amount for one in Refund.objects.all()] == [D("100.00")]


def test_the_database_itself_refuses(cast, sold, use, cashier, tao):
    taken = use(2)
    freeze(
        prepaid=sold,
        starts=TODAY + timedelta(days=1),
        until=TODAY + timedelta(days=2),
        reason="x",
        by=cashier,
        at=cast.at,
    )
    more = {"prepaid": sold, "on": TODAY, "node": cast.bj, "by": cashier, "at": cast.at}
    rows, made = Prepaid.objects.filter(pk=sold.pk), PrepaidEntry.objects.create
    served = {"item": "x", "served_by": cast.manager}
    attempts = [
        lambda: rows.update(balance=99),
        lambda: rows.update(units=99),
        lambda: rows.delete(),
        lambda: made(kind="deducted", units=-9, **served, **more),
        lambda: made(kind="deducted", units=1, **served, **more),
        lambda: made(kind="deducted", units=-1, **more),
        lambda: made(kind="deducted", units=-1, **served, **(more | {"on": TODAY + timedelta(days=1)})),
        lambda: made(kind="deducted", units=-1, **served, **(more | {"on": END + timedelta(days=9)})),
        lambda: made(kind="bought", units=10, **more),
        lambda: made(kind="received", units=1, **more),
        lambda: made(kind="countered", units=1, reason="x", counters=taken, **more),
        lambda: made(kind="countered", units=1, **more),
        lambda: PrepaidEntry.objects.filter(pk=taken.pk).update(units=-1),
        lambda: PrepaidEntry.objects.filter(pk=taken.pk).delete(),
        lambda: PrepaidFreeze.objects.update(starts=TODAY),
        lambda: PrepaidFreeze.objects.create(prepaid=sold, starts=TODAY + timedelta(days=2), ends_before=END, planned_before=END, reason="x", by=cashier, at=cast.at),
        lambda: Prepaid.objects.create(number="X", customer=tao, item="x", units=1, balance=1, valid_until=END, by=cashier, at=cast.at),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic(), transaction.get_connection().cursor() as cursor:
        made(kind="sent", units=-1, reason="x", **more)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.req("CUS-029")
@pytest.mark.django_db(transaction=True)
def test_two_deduct_the_last_unit_and_two_exchange_units_at_once(cast, sold, use, cashier, tao):
    use(9)
    got = at_once([partial(use, 1) for _person in range(3)])
    assert sorted(getattr(one, "code", "done") for one in got) == ["done", "not_enough", "not_enough"]
    assert (fresh(sold).balance, sold.entries.count()) == (0, 3)
    counter(entry=sold.entries.get(units=-9), reason="x", by=cashier, at=cast.at)
    hers = sell_prepaid(customer=tao, item="游泳", units=5, price=D(0), valid_until=END, by=cashier, at=cast.at)
    give = partial(transfer, units=2, paper="P", reason="换", by=cashier, at=cast.at)
    got = at_once([partial(give, prepaid=sold, to=tao), partial(give, prepaid=hers, to=sold.customer)] * 2)
    assert all(isinstance(one, PrepaidEntry) for one in got)
    assert (fresh(sold).balance, fresh(hers).balance) == (5, 1)
