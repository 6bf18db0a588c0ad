"""How the central warehouse is filled up: asked for, approved, ordered, on its way for some weeks, counted by two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from kefu.config.demo.supplying import holder, let_in
from kefu.config.demo.year.house import House
from kefu.organisation.models import User
from kefu.purchasing.actions import Counted, Known, Wanted, ask_purchase, decide_request, record_fact
from kefu.purchasing.choices import OPEN_ORDERS, FactKind, Verdict
from kefu.purchasing.models import OrderLine, PurchaseOrder, Supply
from kefu.stock.actions import Arrival
from kefu.stock.models import Warehouse

SHELF_LIFE = (420, 700)


def ask_for(house: House, warehouse: Warehouse, short: Sequence[Arrival], at: datetime) -> None:
    """What falls short and is not on order yet, in whole boxes: leadership agrees the same day, the makers confirm a day for it."""
    words, manager = house.words["procuring"], holder(house.world, "product_manager")
    coming = set(OrderLine.objects.filter(order__state__in=OPEN_ORDERS).values_list("supply__product", flat=True))
    packs = {arrival.product.pk: arrival.packs for arrival in short if arrival.product.pk not in coming}
    supplies = Supply.objects.filter(product__in=packs).select_related("supplier__institution").order_by("pk")
    lines = [Wanted(one, -(-packs[one.product_id] // one.multiple) * one.multiple) for one in supplies]
    if not lines:
        return
    request = ask_purchase(warehouse=warehouse, lines=lines, reason=words["reason"], by=manager, at=at)
    leader = holder(house.world, "leadership")
    decide_request(request=request, verdict=Verdict.APPROVED, by=leader, at=at + timedelta(minutes=10))
    for order in request.orders.select_related("warehouse", "supplier__institution").order_by("pk"):
        _on_its_way(house, order, manager, at + timedelta(minutes=20))


def _on_its_way(house: House, order: PurchaseOrder, manager: User, at: datetime) -> None:
    words, day = house.words["procuring"], timezone.localdate(at)
    for known in (
        Known(FactKind.TRANSMITTED, day, note=words["sent"]),
        Known(FactKind.CONFIRMED, day, expected_on=order.expected_on),
        Known(FactKind.SHIPPED, day, carrier=words["carrier"], waybill=f"YD{order.pk:08d}"),
    ):
        record_fact(order=order, known=known, by=manager, at=at)


def take_in(house: House, warehouse: Warehouse, keeper: User, at: datetime) -> None:
    """The orders whose day has come; now and then a pack is damaged."""
    manager, today = holder(house.world, "product_manager"), timezone.localdate(at)
    due = PurchaseOrder.objects.filter(warehouse=warehouse, state__in=OPEN_ORDERS, expected_on__lte=today).order_by(
        "pk"
    )
    for order in due.select_related("warehouse", "supplier__institution"):
        chance = house.chance(order.number)
        counted = []
        for line in order.lines.select_related("supply__product__storage").order_by("pk"):
            product, damaged = line.supply.product, int(chance.random() < 0.05)
            lot = f"{'K' if product.code.startswith('S-K-') else 'D'}{today:%y%m%d}{product.code[-3:]}"
            expiry = today + timedelta(days=chance.randint(*SHELF_LIFE))
            counted.append(Counted(product, lot, line.packs - damaged, expiry, damaged))
        let_in(warehouse, order.supplier, counted, order=order, manager=manager, keeper=keeper, at=at)
