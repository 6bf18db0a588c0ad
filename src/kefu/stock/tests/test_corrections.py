"""Returns, counts, damaged goods, exchanges: the book follows the shelf, and the moves say why."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.actions import (
    adjust,
    change_quality,
    check_lot,
    exchange,
    give_back,
    issue,
    move_zone,
)
from kefu.stock.models import Balance, Move
from kefu.stock.testing import stock_in
from kefu.testing.cast import AT

JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)


@pytest.fixture
def lots(shop, beijing):
    rows = [("N-014", "DA26031", 12, JUNE), ("N-014", "DA26072", 40, SEPTEMBER), ("N-017", "DC26080", 24, JUNE)]
    return stock_in(beijing, rows, by=shop.keeper, at=shop.at)


def fish_oil():
    return Product.objects.get(code="N-014")


def balance(lot, quality="good"):
    return Balance.objects.get(lot__code=lot, quality=quality)


@pytest.fixture
def keeper(shop):
    return {"by": shop.keeper, "at": shop.at}


@pytest.fixture
def slip(shop, beijing, lots, keeper):
    return issue(warehouse=beijing, lines=[(fish_oil(), 30)], purpose="讲座", **keeper)


def test_goods_go_back_into_the_lots_they_came_from(slip, keeper):
    give_back(slip=slip, reason="讲座取消", **keeper)
    assert (balance("DA26031").quantity, balance("DA26072").quantity) == (12, 40)
    assert [(line.packs, line.returned) for line in slip.lines.order_by("pk")] == [(12, 12), (18, 18)]
    assert list(Move.objects.filter(kind="return").values_list("quantity", "reason")) == [
        (12, "讲座取消"),
        (18, "讲座取消"),
    ]
    with pytest.raises(Refused) as refusal:
        give_back(slip=slip, reason="再退", **keeper)
    assert refusal.value.code == "nothing_to_return"


def test_a_part_comes_back_damaged_and_goes_to_quarantine(slip, shop, beijing, keeper):
    first, second = slip.lines.order_by("pk")
    give_back(slip=slip, reason="瓶身压裂", packs={second.pk: 3}, quality="damaged", **keeper)
    damaged = balance("DA26072", "damaged")
    assert (damaged.quantity, damaged.zone.code) == (3, "WH-BJ-Q")
    assert queries.amount(fish_oil(), beijing, shop.at).free == 22
    with pytest.raises(Refused):
        give_back(slip=slip, reason="x", packs={second.pk: 16}, **keeper)
    with pytest.raises(Invalid):
        give_back(slip=slip, reason="x", packs={first.pk: -1}, **keeper)
    with pytest.raises(Invalid):
        give_back(slip=slip, reason="x", packs={0: 1}, **keeper)
    with pytest.raises(Invalid):
        give_back(slip=slip, reason=" ", **keeper)
    with pytest.raises(Forbidden):
        give_back(slip=slip, reason="x", by=shop.doctor, at=shop.at)


def test_a_count_corrects_the_book_and_leaves_what_happened_since(shop, beijing, lots, keeper):
    counted = balance("DA26031")
    issue(warehouse=beijing, lines=[(fish_oil(), 2)], purpose="讲座", **keeper)
    assert adjust(balance=counted, seen=12, counted=11, reason="少一瓶，查监控中", **keeper) == 9
    assert balance("DA26031").quantity == 9
    assert AuditEntry.objects.get(code="stock.adjusted").changes == {"N-014 DA26031": [10, 9]}
    assert adjust(balance=counted, seen=9, counted=9, reason="复核无误", **keeper) == 9
    with pytest.raises(Refused):
        adjust(balance=counted, seen=12, counted=0, reason="全丢了", **keeper)
    with pytest.raises(Invalid):
        adjust(balance=counted, seen=9, counted=-1, reason="x", **keeper)
    with pytest.raises(Invalid):
        adjust(balance=counted, seen=9, counted=8, reason="", **keeper)
    with pytest.raises(Forbidden):
        adjust(balance=counted, seen=9, counted=8, reason="x", by=shop.manager, at=shop.at)
    assert balance("DA26031").quantity == 9


def test_damaged_goods_leave_the_shelf_and_may_come_back(shop, beijing, lots, keeper):
    damaged = change_quality(
        balance=balance("DA26031"), packs=5, quality="blocked", reason="外包装破损，待验", **keeper
    )
    assert (damaged.zone.code, damaged.quality, damaged.quantity) == ("WH-BJ-Q", "blocked", 5)
    assert queries.amount(fish_oil(), beijing, shop.at).free == 47
    home = change_quality(balance=damaged, packs=2, quality="good", reason="验过没问题", **keeper)
    assert (home.zone.code, home.quantity, balance("DA26031", "blocked").quantity) == ("WH-BJ-N", 9, 3)
    with pytest.raises(Refused) as refusal:
        change_quality(balance=damaged, packs=4, quality="good", reason="x", **keeper)
    assert refusal.value.code == "stock_short"
    assert queries.amount(fish_oil(), beijing, AT).there == 52


def test_cold_goods_are_not_moved_into_the_normal_store(beijing, central, lots, keeper):
    normal, apart = beijing.zones.get(code="WH-BJ-N"), beijing.zones.get(code="WH-BJ-Q")
    with pytest.raises(Refused) as refusal:
        move_zone(balance=balance("DC26080"), packs=1, zone=normal, reason="冷柜满了", **keeper)
    assert refusal.value.code == "wrong_climate"
    assert move_zone(balance=balance("DC26080"), packs=1, zone=apart, reason="等退厂", **keeper).zone == apart
    with pytest.raises(Invalid):
        move_zone(balance=balance("DA26031"), packs=1, zone=central.zones.get(code="WH-HQ-N"), reason="x", **keeper)
    with pytest.raises(Refused):
        move_zone(balance=balance("DA26031"), packs=1, zone=normal, reason="x", **keeper)
    with pytest.raises(Invalid):
        move_zone(balance=balance("DA26031"), packs=0, zone=apart, reason="x", **keeper)


@pytest.mark.req("STK-014", part="slow sellers")
def test_slow_lots_are_listed_checked_and_exchanged_before_they_expire(shop, beijing, keeper):
    soon, urgent = shop.at.date() + timedelta(days=60), shop.at.date() + timedelta(days=20)
    rows = [
        ("N-014", "OLD", 12, soon),
        ("N-014", "NEW", 40, SEPTEMBER),
        ("N-001", "SHORT", 3, urgent),
        ("N-017", "FAR", 9, JUNE),
    ]
    lots = stock_in(beijing, rows, by=shop.keeper, at=shop.at)
    slow = queries.slow_lots(beijing, shop.at)
    assert [(one.balance.lot.code, one.band, one.days_left, one.left_over) for one in slow] == [
        ("SHORT", "urgent", 20, 3),
        ("OLD", "soon", 60, 12),
    ]
    issue(warehouse=beijing, lines=[(fish_oil(), 9)], purpose="讲座", **keeper)
    assert [one.balance.lot.code for one in queries.slow_lots(beijing, shop.at)] == ["SHORT"]
    check_lot(warehouse=beijing, lot=lots["SHORT"], note="还有 3 瓶，找厂家换", **keeper)
    (short,) = queries.slow_lots(beijing, shop.at)
    assert short.checked_at == shop.at
    fresh = exchange(balance=short.balance, packs=3, lot="SHORT-2", expiry=SEPTEMBER, reason="厂家同意换货", **keeper)
    assert (fresh.lot.code, fresh.quantity, balance("SHORT").quantity) == ("SHORT-2", 3, 0)
    assert queries.slow_lots(beijing, shop.at) == []
    for given in ({"packs": 0}, {"lot": "NEW"}, {"lot": ""}, {"expiry": soon}, {"reason": ""}):
        usual = {"packs": 1, "lot": "NEWER", "expiry": date(2028, 1, 1), "reason": "换货"}
        with pytest.raises(Invalid):
            exchange(balance=balance("NEW"), **usual | given, **keeper)
    with pytest.raises(Refused):
        exchange(balance=balance("OLD"), packs=4, lot="NEWER", expiry=date(2028, 1, 1), reason="换货", **keeper)


def test_the_database_keeps_moves_and_refuses_a_balance_below_zero(lots):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Move.objects.update(quantity=1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Move.objects.all().delete()
    with pytest.raises(IntegrityError, match="balance_not_negative"), transaction.atomic():
        Balance.objects.filter(lot__code="DA26031").update(quantity=-1)


def test_a_balance_that_is_not_the_sum_of_its_moves_is_reported(lots):
    assert queries.drift() == []
    wrong = balance("DA26031")
    Balance.objects.filter(pk=wrong.pk).update(quantity=13)
    assert queries.drift() == [queries.Drift(wrong.pk, 13, 12, 0, 0)]
