"""What a customer has of a package is credited once, does not vanish while something is open, and is worth what was paid."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import (
    Found,
    confirm_week,
    counter,
    deduct,
    drop_week,
    reconcile_week,
    sell_prepaid,
)
from kefu.billing.models import Prepaid
from kefu.billing.tests.conftest import colleague
from kefu.customers.models import Customer
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
