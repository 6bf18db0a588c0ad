"""What a customer has of a package is credited once, does not vanish while something is open, and is worth what was paid."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import (
    Found,
    ask_over,
    confirm_week,
    counter,
    deduct,
    drop_refund,
    drop_week,
    freeze,
    reconcile_week,
    refund_units,
    return_units,
    sell_prepaid,
    take_payment,
    transfer,
)
from kefu.billing.jobs import expire_prepaid
from kefu.billing.models import Prepaid, Refund
from kefu.billing.prepaid_slots import low_packages, weeks_owed
from kefu.billing.queries import standing_of
from kefu.billing.queries.prepaid import ledger_of
from kefu.billing.tests.conftest import colleague
from kefu.customers.models import Customer
from kefu.foundation.approvals.actions import approve, decline
from kefu.kernel.errors import Refused
from kefu.testing.scenes import scene

D = Decimal
MONDAY, END = date(2026, 11, 23), date(2027, 5, 31)


def refusal(work):
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.code


def balance(prepaid):
    return Prepaid.objects.get(pk=prepaid.pk).balance


@scene
def second(cast, cashier):
    """The colleague who confirms; roles and ladders are known."""
    load_roles(by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)
    return colleague(cast, "cashier2", "cashier", "白示文", "2094")


@scene
def tao(cast):
    return Customer.objects.create(name="陶映川", node=cast.bj, doctor=cast.doctor, health_manager=cast.manager,
                                   created_by=cast.manager, created_at=cast.at)  # fmt: skip


@pytest.fixture
def sell(cast, shen, cashier, second):
    def work(customer=shen, units=10, price="1000", until=END, item="瑜伽私教"):
        return sell_prepaid(
            customer=customer, item=item, units=units, price=D(price), valid_until=until, by=cashier, at=cast.at
        )

    return work


@pytest.fixture
def use(cast, cashier):
    def work(prepaid, units=1, on=MONDAY, at=cast.at):
        return deduct(prepaid=prepaid, units=units, on=on, item="晨练", served_by=cast.manager, by=cashier, at=at)

    return work


@pytest.fixture
def check(cast, cashier):
    """Reconcile the week of the sale with these units by package."""

    def work(at=cast.at + timedelta(days=7), **found):
        told = {int(pk[1:]): Found(units, note="客户说的") for pk, units in found.items()}
        return reconcile_week(node=cast.bj, monday=MONDAY, found=told, by=cashier, at=at)

    return work


@pytest.mark.req("CUS-029")
def test_a_difference_is_credited_once(cast, sell, use, check, cashier, second):
    hers, monday = sell(), cast.at + timedelta(days=7)
    two, one = use(hers, 2), use(hers)
    undo = partial(counter, reason="没来", by=cashier, at=monday)
    week = check(**{f"p{hers.pk}": 2})
    undo(entry=one)
    assert refusal(partial(confirm_week, week=week, by=second, at=monday)) == "changed"
    assert balance(hers) == 8
    drop_week(week=week, reason="已更正", by=second, at=monday)
    confirm_week(week=check(**{f"p{hers.pk}": 1}), by=second, at=monday)
    assert balance(hers) == 9
    assert refusal(partial(undo, entry=two)) == "week_settled"
    assert balance(hers) == 9


@pytest.mark.req("CUS-029")
def test_units_that_may_come_back_do_not_vanish(cast, sell, use, check, cashier, second, tao):
    short = sell(until=MONDAY + timedelta(days=1))
    use(short, 2)

    def night(days):
        expire_prepaid(at=cast.at + timedelta(days=days))
        return balance(short)

    assert night(8) == 8
    week = check(**{f"p{short.pk}": 1})
    assert night(8) == 8
    confirm_week(week=week, by=second, at=cast.at + timedelta(days=9))
    assert night(10) == 0
    # units whose money waits: they come back for as many days as they were away
    paid = sell(units=4, price="400", until=MONDAY + timedelta(days=1), item="推拿")
    take_payment(customer=paid.customer, amount=D(400), charges=[paid.charge], method="cash", by=cashier, at=cast.at)
    entry = refund_units(prepaid=paid, units=2, reason="搬家", by=cashier, at=cast.at)
    night(9)
    assert balance(paid) == 2
    later = cast.at + timedelta(days=9)
    decline(request=Refund.objects.get().request, comment="再谈谈", by=cast.director, at=later)
    return_units(entry=entry, reason="不退了", by=cashier, at=later)
    assert Prepaid.objects.get(pk=paid.pk).valid_until == MONDAY + timedelta(days=18)
    night(18)
    assert balance(paid) == 4
    night(19)
    assert balance(paid) == 0
    # what was passed on and lasts longer does not come back into what is over
    bought = sell(until=MONDAY + timedelta(days=7))
    give = partial(transfer, units=2, paper="ZR-1", reason="送人", by=cashier)
    got = give(prepaid=bought, to=tao, at=cast.at).prepaid
    soon = MONDAY + timedelta(days=1)
    freeze(prepaid=got, starts=soon, until=soon + timedelta(days=2), reason="出差", by=cashier, at=cast.at)
    assert refusal(partial(give, prepaid=got, to=bought.customer, at=later)) == "expired"
    assert balance(got) == 2


@pytest.mark.req("CUS-029")
def test_weeks_are_looked_back_at_for_a_quarter(cast, sell, use, cashier):
    short = sell(until=MONDAY + timedelta(days=1))
    use(short)
    for weeks, owed, left in ((13, 1, 9), (14, 0, 0)):
        then = cast.at + timedelta(weeks=weeks)
        expire_prepaid(at=then)
        assert (len(list(weeks_owed(cashier, then))), balance(short)) == (owed, left)


@pytest.mark.req("CUS-029")
def test_all_units_given_back_are_worth_exactly_what_was_paid(cast, sell, cashier):
    three = sell(units=3, price="100")
    take_payment(customer=three.customer, amount=D(100), method="cash", by=cashier, at=cast.at)
    back = partial(refund_units, prepaid=three, units=1, reason="搬家", by=cashier, at=cast.at)
    first, _second = back(), back()
    decline(request=first.refunds.get().request, comment="再谈谈", by=cast.director, at=cast.at)
    return_units(entry=first, reason="不退了", by=cashier, at=cast.at)
    back(), back()
    asked = Refund.objects.standing().order_by("pk").values_list("amount", flat=True)
    assert (list(asked), balance(three)) == ([D("33.34"), D("33.33"), D("33.33")], 0)
    assert standing_of([three.charge]).lines[0].net == 0


def test_a_page_names_only_customers_whose_packages_one_sees(cast, sell, cashier, tao, login):
    hers = sell()
    his = transfer(prepaid=hers, to=tao, units=2, paper="ZR-1", reason="送人", by=cashier, at=cast.at).prepaid
    Customer.objects.filter(pk=tao.pk).update(health_manager=cast.manager2)
    for package, other, reader in ((hers, his, cast.manager), (his, hers, cast.manager2)):
        shown = {who: login(who).get(f"/prepaid/{package.pk}/").content.decode() for who in (reader, cast.director)}
        assert all(other.number in page for page in shown.values())
        assert [other.customer.name in page for page in shown.values()] == [False, True]


@pytest.mark.req("CUS-029")
def test_units_whose_money_went_another_way_stay_away(cast, sell, cashier):
    hers = sell()
    take_payment(customer=hers.customer, amount=D(1000), method="cash", by=cashier, at=cast.at)
    entry = refund_units(prepaid=hers, units=4, reason="搬家", by=cashier, at=cast.at)
    decline(request=entry.refunds.get().request, comment="再谈谈", by=cast.director, at=cast.at)
    assert ledger_of(hers)[-1].may_return
    [over] = ask_over(charge=hers.charge, reason="多收的钱", by=cashier, at=cast.at)
    back = partial(return_units, entry=entry, reason="不退了", by=cashier, at=cast.at)
    assert (over.entry, over.amount, refusal(back), ledger_of(hers)[-1].may_return) == (
        None, D("400.00"), "refund_stands", False)  # fmt: skip
    approve(request=over.request, by=cast.director, at=cast.at)
    drop_refund(refund=over, reason="没来取", by=cashier, at=cast.at)
    assert (back().units, balance(hers)) == (4, 10)


@pytest.mark.req("CUS-029")
def test_a_customer_whose_data_rests_does_not_stop_a_week(cast, sell, use, check, second, tao):
    hers, his, theirs = sell(), sell(tao), sell()
    use(hers, 2), use(his, 2), use(theirs, 2)
    monday = cast.at + timedelta(days=7)
    week = check(**{f"p{hers.pk}": 1, f"p{his.pk}": 1, f"p{theirs.pk}": 3})
    Customer.objects.filter(pk=tao.pk).update(restricted_at=monday)
    assert confirm_week(week=week, by=second, at=monday).status == "confirmed"
    assert [balance(one) for one in (hers, his, theirs)] == [9, 8, 7]
    assert [line.entry_id is None for line in week.lines.all()] == [False, True, False]


def test_the_reminder_says_what_is_left_of_all_packages_of_an_item(cast, sell, use):
    old = sell(units=5, until=MONDAY + timedelta(days=20))
    sell(units=2)
    use(old, 4)
    later = cast.at + timedelta(days=21)
    said = [[item.what for item in low_packages(cast.manager, at)] for at in (cast.at, later)]
    assert said == [["瑜伽私教 只剩 3"], ["瑜伽私教 只剩 2"]]


def test_endless_numbers_in_forms_are_none(cast, sell, use, cashier, login):
    hers, browser, endless = sell(), login(cashier), "9" * 4400
    use(hers)
    sent = {"package": endless, "to": endless, "units": "1", "paper": "ZR-1", "reason": "送人",
            f"units_{hers.pk}": "1", f"witness_{hers.pk}": "customer"}  # fmt: skip
    for address, status in (
        (f"/prepaid-weeks/new/{cast.bj.pk}/2026-11-23/", 409),
        (f"/prepaid/{hers.pk}/transfers/new/", 422),
    ):
        assert browser.post(address, sent).status_code == status
