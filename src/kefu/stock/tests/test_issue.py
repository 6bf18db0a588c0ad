"""Goods leave in the order of their policy; anything else needs a reason and the right."""

from datetime import date, timedelta

import pytest

from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject, action
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.products.models import Product
from kefu.products.permissions import ProductsPermission
from kefu.stock import queries
from kefu.stock.actions import Pick, issue, post_issue
from kefu.stock.models import Balance, IssueSlip, Move
from kefu.stock.permissions import StockPermission
from kefu.stock.testing import stock_in

JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)
PURCHASE = Subject("sales.purchase", 3)
UPPER = ProductsPermission.CATALOGUE_VIEW  # stands for a right of a module above; the health manager holds it


@pytest.fixture
def lots(shop, beijing):
    return stock_in(
        beijing,
        [("N-014", "DA26072", 40, SEPTEMBER), ("N-014", "DA26031", 12, JUNE), ("S-K-URINE", "KU26100", 25, SEPTEMBER)],
        by=shop.keeper,
        at=shop.at,
    )


def product(code="N-014"):
    return Product.objects.get(code=code)


def left(lot):
    return sum(Balance.objects.filter(lot__code=lot).values_list("quantity", flat=True))


@action
def dispatch(*, warehouse, lines, by, at, picks=(), subject=PURCHASE, customer_id=None):
    """What a module above does in its own action."""
    return post_issue(
        warehouse=warehouse,
        lines=lines,
        picks=picks,
        subject=subject,
        customer_id=customer_id,
        permission=UPPER,
        by=by,
        at=at,
    )


def hand_out(shop, warehouse, *lines, by=None, **given):
    given = {"purpose": "店内陈列"} | given
    return issue(warehouse=warehouse, lines=lines, by=by or shop.keeper, at=shop.at, **given)


@pytest.mark.req("STK-005")
def test_the_earlier_lot_leaves_first_and_the_rest_comes_from_the_next(shop, beijing, lots):
    slip = hand_out(shop, beijing, (product(), 30))
    assert slip.number == "CK2600001"
    assert [(line.lot.code, line.packs, line.reason) for line in slip.lines.order_by("pk")] == [
        ("DA26031", 12, ""),
        ("DA26072", 18, ""),
    ]
    assert (left("DA26031"), left("DA26072")) == (0, 22)
    assert [
        (move.kind, move.quantity, move.subject_id) for move in Move.objects.filter(kind="issue").order_by("pk")
    ] == [
        ("issue", -12, slip.pk),
        ("issue", -18, slip.pk),
    ]
    row = AuditEntry.objects.get(code="stock.issued")
    assert (row.changes["goods"], row.node_id) == ([None, "N-014×30"], shop.bj.pk)


@pytest.mark.req("STK-005")
def test_undated_goods_leave_by_oldest_receipt(shop, beijing):
    Product.objects.filter(code="N-001").update(dated=False)
    stock_in(beijing, [("N-001", "NEW", 5, None)], by=shop.keeper, at=shop.at, received_on=date(2026, 11, 20))
    stock_in(beijing, [("N-001", "OLD", 5, None)], by=shop.keeper, at=shop.at, received_on=date(2026, 11, 2))
    slip = hand_out(shop, beijing, (product("N-001"), 6))
    assert [(line.lot.code, line.packs) for line in slip.lines.order_by("pk")] == [("OLD", 5), ("NEW", 1)]


@pytest.mark.req("STK-005")
def test_of_two_lots_with_one_expiry_the_one_received_first_leaves(shop, beijing):
    stock_in(beijing, [("N-001", "B", 5, JUNE)], by=shop.keeper, at=shop.at, received_on=date(2026, 11, 20))
    stock_in(beijing, [("N-001", "A", 5, JUNE)], by=shop.keeper, at=shop.at, received_on=date(2026, 11, 2))
    assert [line.lot.code for line in hand_out(shop, beijing, (product("N-001"), 3)).lines.all()] == ["A"]


@pytest.mark.req("STK-005")
def test_another_lot_than_proposed_needs_a_reason_and_the_right(shop, beijing, lots):
    newer = Pick(product(), lots["DA26072"], 5)
    with pytest.raises(Refused) as refusal:
        hand_out(shop, beijing, picks=[newer])
    assert refusal.value.code == "lot_needs_reason"
    told = Pick(product(), lots["DA26072"], 5, "旧批外箱压在最里面")
    with pytest.raises(Forbidden):
        dispatch(warehouse=beijing, lines=[], picks=[told], by=shop.manager, at=shop.at)
    assert not IssueSlip.objects.exists()
    slip = hand_out(shop, beijing, (product(), 2), picks=[told])
    assert [(line.lot.code, line.packs, line.reason) for line in slip.lines.order_by("lot__code")] == [
        ("DA26031", 2, ""),
        ("DA26072", 5, "旧批外箱压在最里面"),
    ]
    assert AuditEntry.objects.get(code="stock.issued").reason == "旧批外箱压在最里面"


def test_naming_the_proposed_lot_is_no_override(shop, beijing, lots):
    slip = dispatch(
        warehouse=beijing, lines=[], picks=[Pick(product(), lots["DA26031"], 12)], by=shop.manager, at=shop.at
    )
    assert [(line.lot.code, line.reason) for line in slip.lines.all()] == [("DA26031", "")]


def test_a_module_above_issues_under_its_own_right_for_its_own_record(shop, beijing, lots):
    kits = [(product("S-K-URINE"), 1)]
    slip = dispatch(warehouse=beijing, lines=kits, subject=Subject("lab.order", 7), by=shop.manager, at=shop.at)
    assert (slip.subject_kind, slip.subject_id, left("KU26100")) == ("lab.order", 7, 24)
    with pytest.raises(OutOfScope):
        dispatch(warehouse=beijing, lines=kits, by=shop.sh_manager, at=shop.at)
    with pytest.raises(Forbidden):
        hand_out(shop, beijing, (product(), 1), by=shop.manager)
    with pytest.raises(RuntimeError, match="outside an action"):
        post_issue(
            warehouse=beijing, lines=kits, subject=None, customer_id=None, permission=UPPER, by=shop.manager, at=shop.at
        )
    assert left("KU26100") == 24


def test_a_centre_without_a_warehouse_is_served_by_the_one_above(shop, central):
    stock_in(central, [("N-014", "DA26091", 9, SEPTEMBER)], by=shop.central_keeper, at=shop.at)
    shen = Customer.objects.create(name="沈知夏", node=shop.bj, created_by=shop.manager, created_at=shop.at)
    with pytest.raises(OutOfScope):
        dispatch(warehouse=central, lines=[(product(), 1)], by=shop.manager, at=shop.at)
    slip = dispatch(warehouse=central, lines=[(product(), 1)], customer_id=shen.pk, by=shop.manager, at=shop.at)
    assert (slip.customer, slip.warehouse) == (shen, central)


def test_a_shortage_names_every_product_and_moves_nothing(shop, beijing, lots):
    with pytest.raises(Refused) as refusal:
        hand_out(shop, beijing, (product(), 53), (product("S-K-URINE"), 25), (product("N-001"), 1))
    assert refusal.value.code == "stock_short"
    assert refusal.value.details == {
        "short": [
            {"product": "N-014", "name": "深海鱼油软胶囊", "wanted": 53, "available": 52},
            {"product": "N-001", "name": "复合维生素片", "wanted": 1, "available": 0},
        ]
    }
    assert str(refusal.value.message) == "库存不够：深海鱼油软胶囊 要 53 瓶，可用 52；复合维生素片 要 1 瓶，可用 0"
    assert not IssueSlip.objects.exists()
    assert (left("DA26031"), left("KU26100")) == (12, 25)


@pytest.mark.req("STK-005")
def test_expired_goods_are_never_proposed_and_never_leave(shop, beijing, lots):
    day_after = shop.at.replace(year=2027, month=7, day=1)
    takes = queries.propose(beijing, [(product(), 20)], day_after)[product().pk]
    assert [(take.shelf.lot_id, take.packs) for take in takes] == [(lots["DA26072"].pk, 20)]
    with pytest.raises(Refused):
        issue(
            warehouse=beijing, lines=[], picks=[Pick(product(), lots["DA26031"], 1, "客户要旧的")], purpose="x",
            by=shop.keeper, at=day_after,
        )  # fmt: skip
    last_day = day_after - timedelta(days=1)
    assert queries.amount(product(), beijing, last_day).free == 52


def test_a_short_shelf_life_does_not_keep_goods_from_leaving(shop, beijing):
    stock_in(beijing, [("N-018", "DC25120", 6, date(2026, 12, 1))], by=shop.keeper, at=shop.at)
    assert [line.packs for line in hand_out(shop, beijing, (product("N-018"), 6)).lines.all()] == [6]


@pytest.mark.parametrize(("packs", "purpose"), [(0, "用"), (-1, "用"), (1, " ")])
def test_an_impossible_issue_is_refused(shop, beijing, lots, packs, purpose):
    with pytest.raises(Invalid):
        hand_out(shop, beijing, (product(), packs), purpose=purpose)
    with pytest.raises(Invalid):
        hand_out(shop, beijing)


def test_a_closed_warehouse_gives_nothing_out(shop, beijing, lots):
    beijing.active = False
    with pytest.raises(Refused):
        hand_out(shop, beijing, (product(), 1))


@pytest.mark.req("STK-014", part="older first")
def test_a_newer_lot_is_proposed_only_after_the_older_is_used_up(shop, beijing, lots):
    for _sale in range(12):
        assert [line.lot.code for line in hand_out(shop, beijing, (product(), 1)).lines.all()] == ["DA26031"]
    assert [line.lot.code for line in hand_out(shop, beijing, (product(), 1)).lines.all()] == ["DA26072"]


def test_the_permissions_are_those_of_the_matrix():
    assert {permission.value for permission in StockPermission} == {
        "stock:branch:view", "stock:branch:keep", "stock:central:view", "stock:central:keep", "stock:warehouse:open",
        "stock:lot:recall", "stock:recall:lift", "stock:recall:tell", "stock:climate:view",
        "stock:climate:log", "stock:climate:decide", "stock:stocktake:view", "stock:stocktake:count",
        "stock:stocktake:approve", "stock:destruction:view", "stock:destruction:request", "stock:destruction:verify",
        "stock:destruction:approve",
    }  # fmt: skip
