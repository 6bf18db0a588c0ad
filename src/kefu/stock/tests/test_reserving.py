"""Goods set aside are for whom they were set aside for, until they leave, are put back, or turn out not to be there."""

from collections import Counter
from datetime import date
from functools import partial

import pytest

from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events import bus
from kefu.kernel.errors import Refused
from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.actions import adjust, change_quality, issue, move_zone, rebuild_balances, release, reserve, take_out
from kefu.stock.events import ReservationLost
from kefu.stock.models import Balance, Lot, Reservation, Zone
from kefu.stock.permissions import StockPermission
from kefu.stock.testing import stock_in
from kefu.testing.races import at_once

JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)
KIND = "stock.requisition"


@pytest.fixture
def goods(shop, beijing):
    stock_in(beijing, [("N-014", "A", 5, JUNE), ("N-014", "B", 10, SEPTEMBER)], by=shop.keeper, at=shop.at)
    return Product.objects.get(code="N-014")


@action
def set_aside(*, warehouse, product, packs, number, by, at):
    """What a module above does inside its own action."""
    made = reserve(
        warehouse=warehouse, lines=[(product, packs)], subject=Subject(KIND, number), permission=StockPermission.BRANCH_KEEP, by=by, at=at
    )  # fmt: skip
    record("test.set_aside", by=by, at=at, subject=Subject(KIND, number), node_id=warehouse.node_id)
    return made


@action
def end(*, number, way, by, at):
    ended = way(subject=Subject(KIND, number), at=at)
    record("test.ended", by=by, at=at, subject=Subject(KIND, number))
    return ended


def amounts():
    return {
        row.lot.code: (row.quantity, row.reserved)
        for row in Balance.objects.select_related("lot").order_by("lot__code", "pk")
    }


@pytest.mark.django_db
def test_what_is_set_aside_is_no_longer_there_for_others(shop, beijing, goods):
    made = set_aside(warehouse=beijing, product=goods, packs=7, number=1, by=shop.keeper, at=shop.at)
    assert [(row.balance.lot.code, row.packs) for row in made] == [("A", 5), ("B", 2)]
    assert amounts() == {"A": (5, 5), "B": (10, 2)}
    assert queries.amount(goods, beijing, shop.at) == queries.Amount(there=15, free=8, coming=0)
    with pytest.raises(Refused) as refusal:
        issue(warehouse=beijing, lines=[(goods, 9)], purpose="用", by=shop.keeper, at=shop.at)
    assert refusal.value.details["short"][0]["available"] == 8
    slip = issue(warehouse=beijing, lines=[(goods, 8)], purpose="用", by=shop.keeper, at=shop.at)
    assert [(line.lot.code, line.packs) for line in slip.lines.all()] == [("B", 8)]
    assert queries.drift() == []


@pytest.mark.django_db
def test_put_back_or_taken_out_it_is_reserved_no_longer(shop, beijing, goods):
    set_aside(warehouse=beijing, product=goods, packs=3, number=1, by=shop.keeper, at=shop.at)
    set_aside(warehouse=beijing, product=goods, packs=4, number=2, by=shop.keeper, at=shop.at)
    assert [row.packs for row in end(number=1, way=release, by=shop.keeper, at=shop.at)] == [3]
    assert amounts() == {"A": (5, 2), "B": (10, 2)}
    assert end(number=1, way=release, by=shop.keeper, at=shop.at) == []
    assert sum(row.packs for row in end(number=2, way=take_out, by=shop.keeper, at=shop.at)) == 4
    assert amounts() == {"A": (5, 0), "B": (10, 0)}
    assert Counter(Reservation.objects.values_list("state", flat=True)) == {"released": 1, "issued": 2}
    assert queries.drift() == []


@pytest.mark.django_db
def test_goods_that_are_not_there_give_way_and_the_latest_hears_first(shop, beijing, goods, monkeypatch):
    heard = []
    monkeypatch.setitem(bus._subscribers, ReservationLost, [heard.append])
    set_aside(warehouse=beijing, product=goods, packs=2, number=1, by=shop.keeper, at=shop.at)
    set_aside(warehouse=beijing, product=goods, packs=3, number=2, by=shop.keeper, at=shop.at)
    first = Balance.objects.get(lot__code="A")
    adjust(balance=first, seen=5, counted=1, reason="少了四盒", by=shop.keeper, at=shop.at)
    assert [(one.subject_id, one.packs) for one in heard] == [(2, 3), (1, 1)]
    assert amounts()["A"] == (1, 1)
    assert queries.drift() == []
    change_quality(balance=first, packs=1, quality="damaged", reason="压坏", by=shop.keeper, at=shop.at)
    assert (heard[-1].subject_id, heard[-1].packs) == (1, 1)
    assert not Reservation.objects.filter(state="open").exists()


@pytest.mark.django_db
def test_who_only_tidies_up_does_not_take_from_others(shop, beijing, goods):
    set_aside(warehouse=beijing, product=goods, packs=4, number=1, by=shop.keeper, at=shop.at)
    first, other = Balance.objects.get(lot__code="A"), Zone.objects.get(code="WH-BJ-Q")
    with pytest.raises(Refused, match="只有 1"):
        move_zone(balance=first, packs=2, zone=other, reason="腾地方", by=shop.keeper, at=shop.at)
    move_zone(balance=first, packs=1, zone=other, reason="腾地方", by=shop.keeper, at=shop.at)
    assert sorted(Balance.objects.filter(lot=first.lot).values_list("zone__code", "quantity", "reserved")) == [
        ("WH-BJ-N", 4, 4),
        ("WH-BJ-Q", 1, 0),
    ]


@pytest.mark.django_db
@pytest.mark.req("STK-005")
def test_the_last_day_of_issue_decides_and_is_stricter_for_a_branch(shop, beijing, goods):
    Product.objects.filter(pk=goods.pk).update(customer_days_left=30, branch_days_left=180)
    today = shop.at.date()
    lots = {"A": (JUNE - today).days, "B": (SEPTEMBER - today).days}
    assert 180 <= lots["A"] < lots["B"]
    Product.objects.filter(pk=goods.pk).update(branch_days_left=lots["A"])
    rows = Balance.objects.filter(product=goods)
    assert {row.lot.code for row in rows.pickable(today, to_branch=True)} == {"A", "B"}
    Product.objects.filter(pk=goods.pk).update(branch_days_left=lots["A"] + 1)
    assert {row.lot.code for row in rows.pickable(today, to_branch=True)} == {"B"}
    assert {row.lot.code for row in rows.pickable(today)} == {"A", "B"}
    Product.objects.filter(pk=goods.pk).update(customer_days_left=lots["A"] + 1)
    assert queries.amount(goods, beijing, shop.at).free == 10
    slip = issue(warehouse=beijing, lines=[(goods, 10)], purpose="用", by=shop.keeper, at=shop.at)
    assert [line.lot.code for line in slip.lines.all()] == ["B"]


@pytest.mark.django_db
def test_a_recalled_lot_stays(shop, beijing, goods):
    Lot.objects.filter(code="A").update(recalled=True)
    slip = issue(warehouse=beijing, lines=[(goods, 6)], purpose="用", by=shop.keeper, at=shop.at)
    assert [line.lot.code for line in slip.lines.all()] == ["B"]
    with pytest.raises(Refused):
        issue(warehouse=beijing, lines=[(goods, 5)], purpose="用", by=shop.keeper, at=shop.at)


@pytest.mark.django_db
def test_a_wrong_reservation_is_reported_and_mended(shop, beijing, goods):
    set_aside(warehouse=beijing, product=goods, packs=2, number=1, by=shop.keeper, at=shop.at)
    held = Balance.objects.get(lot__code="A")
    Balance.objects.filter(pk=held.pk).update(reserved=5)
    assert queries.drift() == [queries.Drift(held.pk, 5, 5, 5, 2)]
    rebuild_balances(reason="查明", by=shop.admin, at=shop.at)
    assert amounts()["A"] == (5, 2)


@pytest.mark.django_db(transaction=True)
def test_six_people_set_aside_the_last_packs_and_nobody_gets_what_another_has(shop, beijing, goods):
    def try_it(number):
        return set_aside(warehouse=beijing, product=goods, packs=4, number=number, by=shop.keeper, at=shop.at)

    got = at_once([partial(try_it, number) for number in range(6)])
    assert Counter(type(one) for one in got) == {list: 3, Refused: 3}
    assert sum(reserved for _quantity, reserved in amounts().values()) == 12
    assert queries.drift() == []
