"""Eight people reach for the same shelf at once: nothing goes below zero, nobody is hung up."""

from collections import Counter
from datetime import date, timedelta
from functools import partial

import pytest

from kefu.kernel.errors import Refused
from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.actions import Arrival, give_back, issue, receive, request_destruction
from kefu.stock.models import Balance, IssueSlip
from kefu.stock.testing import stock_in
from kefu.testing.races import at_once

PICKERS = 8
AUTUMN, JUNE, SEPTEMBER = date(2026, 11, 30), date(2027, 6, 30), date(2027, 9, 30)
pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_pickers_and_a_last_lot_of_five(shop, beijing):
    lots = stock_in(beijing, [("N-014", "DA26031", 5, JUNE)], by=shop.keeper, at=shop.at)
    product = Product.objects.get(code="N-014")

    def pick(number):
        return issue(warehouse=beijing, lines=[(product, 1)], purpose=f"第 {number} 位", by=shop.keeper, at=shop.at)

    got = at_once([partial(pick, number) for number in range(PICKERS)])
    assert Counter(type(one) for one in got) == {IssueSlip: 5, Refused: 3}
    assert {one.code for one in got if isinstance(one, Refused)} == {"stock_short"}
    assert Balance.objects.get(lot=lots["DA26031"]).quantity == 0
    assert sorted(IssueSlip.objects.values_list("number", flat=True)) == [f"CK26{n:05d}" for n in range(1, 6)]
    assert queries.drift() == []


def test_orders_naming_the_goods_in_opposite_order_wait_for_each_other(shop, beijing):
    codes = ["N-001", "N-002", "N-003", "N-014"]
    rows = [(code, f"{code}-{half}", 10, expiry) for code in codes for half, expiry in (("A", JUNE), ("B", SEPTEMBER))]
    stock_in(beijing, rows, by=shop.keeper, at=shop.at)
    goods = list(Product.objects.filter(code__in=codes).order_by("code"))

    def work(number):
        lines = [(product, 2) for product in (goods if number % 2 else reversed(goods))]
        slip = issue(warehouse=beijing, lines=lines, purpose="同时", by=shop.keeper, at=shop.at)
        if number % 4 == 0:
            give_back(slip=slip, reason="不要了", by=shop.keeper, at=shop.at)
        if number % 4 == 1:
            more = [Arrival(product, f"{product.code}-C", 1, SEPTEMBER) for product in reversed(goods)]
            receive(warehouse=beijing, arrivals=more, by=shop.keeper, at=shop.at)
        return slip

    assert {type(one) for one in at_once([partial(work, number) for number in range(PICKERS)])} == {IssueSlip}
    assert [queries.amount(product, beijing, shop.at).there for product in goods] == [20 - 16 + 4 + 2] * 4
    assert queries.drift() == []


def test_two_ask_to_destroy_the_same_last_packs(shop, beijing):
    stock_in(beijing, [("N-014", "OLD", 5, AUTUMN)], by=shop.keeper, at=shop.at)
    given = {"balance": Balance.objects.get(), "packs": 4, "reason": "过期", "by": shop.keeper}
    asked = partial(request_destruction, at=shop.at + timedelta(days=10), **given)
    got = at_once([asked, asked])
    assert sorted(type(one).__name__ for one in got) == ["Destruction", "Refused"]
    rows = Balance.objects.order_by("pk").values_list("quality", "quantity", "reserved")
    assert list(rows) == [("good", 1, 0), ("blocked", 4, 4)]
