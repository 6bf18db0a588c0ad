"""A carrier brings goods back; the department hears of it, somebody collects and signs, the keeper books them into quarantine (STK-024)."""

from datetime import timedelta

import pytest
import yaml
from django.db import IntegrityError, transaction

from kefu.administration.content import ROLES
from kefu.dispatch import actions
from kefu.dispatch.models import Back
from kefu.dispatch.queries import returnable
from kefu.dispatch.slots import backs_owed
from kefu.dispatch.testing import dispatcher_of
from kefu.dispatch.tests.test_runs import codes
from kefu.foundation.notices.models import Notice
from kefu.journey.tests.walking import start_walk
from kefu.kernel.errors import Forbidden, Invalid
from kefu.sales.actions import Back as SalesBack
from kefu.sales.actions import dispatch, reserve_missing, reverse
from kefu.sales.choices import DeliveryMode, PurchaseState
from kefu.sales.models import Purchase, PurchaseLine
from kefu.stock.choices import Quality
from kefu.stock.models import Balance, IssueLine, Warehouse
from kefu.stock.queries import drift, set_aside

pytestmark = pytest.mark.django_db
GIVEN = {
    "company": "示范货运",
    "waybill": "YD001",
    "pickup_address": "城东货场 3 号门",
    "phone": "010-00000000",
    "goods": "一箱鱼油",
}


def owed(user, at):
    return [str(item.label) for item in backs_owed(user, at)]


def test_whoever_keeps_a_warehouse_may_open_the_return_to_book_in():
    cells = yaml.safe_load(ROLES.read_text(encoding="utf-8"))["matrix"]
    keepers = {
        role for role, given in cells.items() if "act" in (given.get("stock_branch"), given.get("stock_central"))
    }
    assert {"branch_keeper", "central_keeper", "counter_attendant", "store_manager"} <= keepers
    assert {role for role in keepers if cells[role].get("dispatch_register") not in ("view", "act")} == set()


@pytest.mark.req("STK-024")
def test_from_the_carrier_into_quarantine(yard):
    by, at, keeper = {"by": yard.dispatcher, "at": yard.at}, yard.at, {"by": yard.keeper, "at": yard.at}
    order = yard.three
    assert codes(lambda: actions.register_back(warehouse=yard.warehouse, **GIVEN, order=order.number, **by), Invalid) == {"unknown"}  # fmt: skip
    dispatch(purchase=order, mode=DeliveryMode.POSTED, carrier="示范货运", waybill="YD001", by=yard.manager, at=at)
    for wrong in ({"company": ""}, {"pickup_address": " "}, {"phone": ""}, {"phone": "1"}, {"order": "GM1"}):
        assert codes(lambda given=wrong: actions.register_back(warehouse=yard.warehouse, **GIVEN | given, **by), Invalid) <= {"required", "phone", "unknown"}  # fmt: skip
    back = actions.register_back(warehouse=yard.warehouse, **GIVEN, order=order.number, by=yard.keeper, at=at)
    assert (back.number, back.purchase, back.collect_by) == ("TH2600001", order, at.date() + timedelta(days=1))
    assert Notice.objects.filter(user=yard.dispatcher, text__contains=back.number).count() == 1
    assert owed(yard.dispatcher, at) == ["货运退回待取"]
    assert owed(yard.sh_manager, at) == []
    assert codes(lambda: actions.receive_back(back=back, packs={}, **keeper)) == "wrong_state"
    back = actions.collect_back(back=back, **by)
    assert (back.collected_by, back.collected_at) == (yard.dispatcher, at)
    assert Notice.objects.filter(user=yard.keeper, text__contains="点收入库").exists()
    assert (owed(yard.dispatcher, at), owed(yard.keeper, at)) == ([], ["货运退回待入库"])
    with pytest.raises(Forbidden):
        actions.receive_back(back=back, packs={}, **by)
    line = returnable(back).get()
    assert codes(lambda: actions.receive_back(back=back, packs={}, **keeper), Invalid) == {"unknown"}
    assert codes(lambda: actions.receive_back(back=back, packs={line.pk: 4}, **keeper)) == "returns_too_much"
    back = actions.receive_back(back=back, packs={line.pk: 2}, **keeper)
    apart = Balance.objects.get(lot=line.lot, quality=Quality.BLOCKED)
    assert (apart.quantity, apart.zone.purpose) == (2, "quarantine")
    assert [one.pk for one in returnable(back)] == [line.pk]
    elsewhere = Warehouse.objects.create(code="WH-X", node=yard.sh, keeper=yard.keeper)
    assert not returnable(Back(warehouse=elsewhere, purchase=order)).exists()
    goods = PurchaseLine.objects.get(purchase=order)
    order.refresh_from_db()
    assert (goods.shipped, goods.returned, goods.open, order.state) == (1, 0, 2, PurchaseState.PARTLY)
    assert (IssueLine.objects.get(pk=line.pk).returned, back.lines.get().packs, drift()) == (2, 2, [])
    reserve_missing(purchase=order, by=yard.manager, at=at)
    assert sum(set_aside("sales.purchase", [order.pk]).values()) == 2
    dispatch(purchase=order, mode=DeliveryMode.HANDED, packs={goods.pk: 1}, by=yard.manager, at=at)
    rest = SalesBack(IssueLine.objects.get(pk=line.pk), intact=1)
    reverse(purchase=order, reason="不要了", withdrawn={goods.pk: 1}, returned=[rest], by=yard.manager, at=at)
    goods.refresh_from_db()
    assert (goods.shipped, goods.returned, goods.withdrawn) == (2, 1, 1)
    for broken in (
        lambda: Back.objects.filter(pk=back.pk).update(collected_by=yard.keeper),
        lambda: Back.objects.create(number="X", warehouse=yard.warehouse, **GIVEN, collect_by=at.date(), state="collected", **by),
        lambda: Back.objects.create(number="X", warehouse=yard.warehouse, **GIVEN | {"company": ""}, collect_by=at.date(), **by),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()


@pytest.mark.req("STK-024")
def test_goods_of_no_order_are_only_noted_and_some_stay_where_they_are(yard):
    by, keeper = {"by": yard.dispatcher, "at": yard.at}, {"by": yard.keeper, "at": yard.at}
    given = GIVEN | {"company": "", "plate": "京a00009"}
    back = actions.collect_back(back=actions.register_back(warehouse=yard.warehouse, **given, **by), **by)
    before = Balance.objects.count()
    back = actions.receive_back(back=back, **keeper)
    assert (back.plate, back.state, Balance.objects.count(), list(back.lines.all())) == (
        "京A00009",
        "received",
        before,
        [],
    )
    other = actions.register_back(warehouse=yard.warehouse, **given, **by)
    assert codes(lambda: actions.close_back(back=other, reason="", **by), Invalid) == {"required"}
    assert actions.close_back(back=other, reason="货主自己拿走了", **by).state == "closed"
    assert codes(lambda: actions.collect_back(back=other, **by)) == "wrong_state"
    dispatch(purchase=yard.two, by=yard.manager, at=yard.at)
    given = GIVEN | {"order": yard.two.number}
    stuck = actions.collect_back(back=actions.register_back(warehouse=yard.warehouse, **given, **by), **by)
    rest = [SalesBack(returnable(stuck).get(), intact=2)]
    reverse(purchase=yard.two, reason="客户自己带来退了", returned=rest, by=yard.manager, at=yard.at)
    assert (returnable(stuck).exists(), owed(yard.keeper, yard.at)) == (False, ["货运退回待入库"])
    stuck = actions.close_back(back=stuck, reason="货已另外退好", **by)
    assert (stuck.state, stuck.collected_by, owed(yard.keeper, yard.at)) == ("closed", yard.dispatcher, [])
    assert owed(yard.dispatcher, yard.at) == []


@pytest.mark.req("STK-024")
def test_what_came_back_is_sent_anew_wherever_the_journey_stands(cast):
    walk = start_walk(cast).to("surveyed")
    order, dispatcher = Purchase.objects.get(customer=walk.customer), dispatcher_of(cast)
    warehouse, signs = Warehouse.objects.get(code="WH-BJ"), {"by": dispatcher, "at": cast.at}
    back = actions.collect_back(
        back=actions.register_back(warehouse=warehouse, **GIVEN, order=order.number, **signs), **signs
    )
    actions.receive_back(back=back, packs={returnable(back).first().pk: 1}, by=cast.keeper, at=cast.at)
    order.refresh_from_db()
    assert sum(line.open for line in order.lines.all()) == 1
    dispatch(purchase=order, by=cast.manager, at=cast.at)
    order.refresh_from_db()
    assert order.state == PurchaseState.DISPATCHED
