"""The keeper books counted goods in, and the slip stays."""

from datetime import date, timedelta

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope
from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.actions import Arrival, appoint_keeper, open_warehouse, receive
from kefu.stock.models import Balance, Lot, Move, Receipt, Warehouse
from kefu.stock.testing import open_with_zones
from kefu.testing.cast import AT

FAR = date(2028, 6, 30)


def product(code="N-014"):
    return Product.objects.get(code=code)


def take_in(shop, warehouse, *arrivals, by=None, **given):
    return receive(warehouse=warehouse, arrivals=arrivals, by=by or shop.keeper, at=shop.at, **given)


def wrong(shop, warehouse, *arrivals, **given):
    with pytest.raises(Invalid) as refusal:
        take_in(shop, warehouse, *arrivals, **given)
    assert not Receipt.objects.exists()
    assert not Move.objects.exists()
    return [(error.field, error.code) for error in refusal.value.errors]


@pytest.mark.req("STK-014", part="lot and expiry")
def test_counted_goods_are_booked_where_they_belong_and_the_slip_is_kept(shop, beijing):
    slip = take_in(
        shop,
        beijing,
        Arrival(product(), "DA26031", 12, date(2027, 6, 30)),
        Arrival(product("N-017"), "DC26080", 24, date(2027, 5, 31)),
        Arrival(product("N-014"), "DA26032", 2, date(2027, 6, 30), quality="damaged"),
        supplier="演示营养厂家甲",
    )
    assert (slip.number, slip.received_on, slip.supplier) == ("RK2600001", date(2026, 11, 23), "演示营养厂家甲")
    assert [(line.balance.zone.code, line.balance.lot.code, line.packs) for line in slip.lines.order_by("pk")] == [
        ("WH-BJ-N", "DA26031", 12),
        ("WH-BJ-C", "DC26080", 24),
        ("WH-BJ-Q", "DA26032", 2),
    ]
    assert queries.amount(product(), beijing, AT).there == 14
    assert queries.amount(product(), beijing, shop.at).free == 12
    move = Move.objects.order_by("pk").first()
    assert (move.kind, move.quantity, move.subject_kind, move.subject_id, move.by, move.at) == (
        "receipt", 12, "stock.receipt", slip.pk, shop.keeper, shop.at,
    )  # fmt: skip
    assert AuditEntry.objects.get(code="stock.received").changes["packs"] == [None, 38]


def test_a_second_delivery_of_a_lot_adds_up(shop, beijing):
    take_in(shop, beijing, Arrival(product(), "DA26031", 12, FAR), received_on=date(2026, 11, 1))
    take_in(shop, beijing, Arrival(product(), " DA26031 ", 3, FAR), Arrival(product(), "DA26031", 5, FAR))
    lot = Lot.objects.get(code="DA26031")
    assert (lot.received_on, Balance.objects.get(lot=lot).quantity) == (date(2026, 11, 1), 20)


@pytest.mark.req("STK-014", part="lot and expiry")
def test_dated_goods_need_an_expiry_that_is_not_past(shop, beijing):
    assert wrong(
        shop, beijing, Arrival(product(), "X", 1), Arrival(product(), "", 0, shop.at.date() - timedelta(days=1))
    ) == [
        ("arrivals.1.expiry", "required"),
        ("arrivals.2.lot", "required"),
        ("arrivals.2.packs", "range"),
        ("arrivals.2.expiry", "expired"),
    ]
    assert wrong(shop, beijing) == [("arrivals", "required")]
    assert wrong(shop, beijing, Arrival(product(), "X", 1, FAR), received_on=date(2026, 11, 24)) == [
        ("received_on", "future")
    ]


def test_a_short_shelf_life_is_taken_only_with_a_note(shop, beijing):
    short = Arrival(product("N-018"), "DC25120", 6, date(2026, 12, 31))
    assert wrong(shop, beijing, short) == [("arrivals.1.expiry", "short_shelf_life")]
    take_in(shop, beijing, Arrival(product("N-018"), "DC25120", 6, date(2026, 12, 31), note="厂家特价，两周内用完"))
    assert Move.objects.get().reason == "厂家特价，两周内用完"


@pytest.mark.req("STK-014", part="lot and expiry")
def test_a_lot_has_one_expiry(shop, beijing):
    take_in(shop, beijing, Arrival(product(), "DA26031", 12, FAR))
    with pytest.raises(Invalid) as refusal:
        take_in(shop, beijing, Arrival(product(), "DA26031", 12, date(2028, 7, 31)))
    assert [(error.field, error.code) for error in refusal.value.errors] == [("arrivals.1.expiry", "differs")]
    assert Receipt.objects.count() == 1


def test_cold_goods_do_not_go_into_the_normal_store(shop, beijing, central):
    normal = beijing.zones.get(code="WH-BJ-N")
    assert wrong(shop, beijing, Arrival(product("N-017"), "DC", 1, FAR, zone=normal)) == [
        ("arrivals.1.zone", "wrong_climate")
    ]
    elsewhere = central.zones.get(code="WH-HQ-N")
    assert wrong(shop, beijing, Arrival(product(), "DA", 1, FAR, zone=elsewhere)) == [("arrivals.1.zone", "missing")]


def test_only_the_keeper_of_the_place_receives(shop, beijing, central):
    with pytest.raises(Forbidden):
        take_in(shop, beijing, Arrival(product(), "DA", 1, FAR), by=shop.manager)
    with pytest.raises(Forbidden):
        take_in(shop, central, Arrival(product(), "DA", 1, FAR), by=shop.keeper)
    shanghai = open_with_zones(node=shop.sh, code="WH-SH", keeper=shop.keeper, by=shop.admin, at=shop.at)
    with pytest.raises(OutOfScope):
        take_in(shop, shanghai, Arrival(product(), "DA", 1, FAR), by=shop.keeper)
    assert not Balance.objects.exists()
    assert [one.code for one in Warehouse.objects.visible_to(shop.keeper)] == ["WH-BJ"]
    assert [one.code for one in Warehouse.objects.visible_to(shop.central_keeper)] == ["WH-HQ"]
    assert [one.code for one in Warehouse.objects.visible_to(shop.product_manager)] == ["WH-BJ", "WH-HQ", "WH-SH"]


def test_opening_a_warehouse(shop, beijing):
    with pytest.raises(Forbidden):
        open_with_zones(node=shop.sh, code="WH-SH", keeper=shop.keeper, by=shop.keeper, at=shop.at)
    with pytest.raises(Invalid):
        open_with_zones(node=shop.sh, code="WH-BJ", keeper=shop.keeper, by=shop.admin, at=shop.at)
    with pytest.raises(Invalid):
        open_warehouse(code="WH-SH", zh="库", node=shop.sh, zones=[], by=shop.admin, at=shop.at)
    appoint_keeper(warehouse=beijing, keeper=shop.director, by=shop.admin, at=shop.at)
    appoint_keeper(warehouse=beijing, keeper=shop.director, by=shop.admin, at=shop.at)
    row = AuditEntry.objects.get(code="stock.warehouse.keeper")
    assert row.changes == {"keeper": ["2007", "2001"]}


def test_a_node_is_served_by_its_own_or_the_nearest_warehouse_above(shop, central):
    assert queries.warehouse_for(shop.bj.pk) == central
    own = open_with_zones(node=shop.bj, code="WH-BJ", keeper=shop.keeper, by=shop.admin, at=shop.at)
    assert (queries.warehouse_for(shop.bj.pk), queries.warehouse_for(shop.sh.pk)) == (own, central)
    Warehouse.objects.update(active=False)
    assert queries.warehouse_for(shop.bj.pk) is None
