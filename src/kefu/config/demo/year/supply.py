"""Goods: what falls short is ordered every week, lots come with their expiry, now and then something is broken or miscounted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from random import Random

from django.db.models import Sum

from kefu.config.demo.year.agenda import Course
from kefu.config.demo.year.house import House
from kefu.config.demo.year.procuring import ask_for, take_in
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock.actions import Arrival, adjust, change_quality, check_lot, receive
from kefu.stock.choices import Quality
from kefu.stock.models import Balance, Warehouse

CYCLE = 7
LEAST, SERVED = 14, 40
"""A shelf is filled up below one pack for so many customers of the centre, and never holds fewer than LEAST."""
SHELF_LIFE = (330, 620)
NEAR_END = timedelta(days=120)


def keeping(house: House, code: str) -> Course:
    """A warehouse's year: on Mondays it is filled up, at the end of a month some shelves are counted."""
    warehouse = Warehouse.objects.select_related("node", "keeper").get(code=code)
    if warehouse.keeper is None:
        raise ValueError(f"{code} has no keeper")
    keeper, chance, at = house.people[warehouse.keeper.job_number], house.chance(code), house.day(-9, 10)
    month = at.month
    while True:
        at = yield house.hours(warehouse.node.code).daily(at + timedelta(days=CYCLE - 1), time(10, 30))
        if warehouse.central:
            take_in(house, warehouse, keeper, at)
        _fill_up(house, warehouse, keeper, chance, at)
        if at.month != month:
            month = at.month
            _count(house, warehouse, keeper, chance, at + timedelta(hours=4))


def sold(house: House) -> list[Product]:
    """The kits, and the products the doctors advise."""
    advised = {code for choice in house.words["products"] for code in choice}
    return [one for code, one in house.products.items() if code in advised or code.startswith("S-K-")]


def _fill_up(house: House, warehouse: Warehouse, keeper: User, chance: Random, at: datetime) -> None:
    share = 100 if warehouse.central else house.centre(warehouse.node.code)["share"]
    least = max(LEAST, house.size * share // 100 // SERVED)
    held = _on_hand(warehouse)
    wanted: dict[str, list[Arrival]] = {}
    for product in sold(house):
        if held.get(product.pk, 0) < least:
            supplier = "transfer" if not warehouse.central else "kit" if product.code.startswith("S-K-") else "product"
            wanted.setdefault(supplier, []).append(_arrival(house, product, least * chance.randint(2, 3), at.date()))
    if warehouse.central:
        ask_for(house, warehouse, [arrival for arrivals in wanted.values() for arrival in arrivals], at)
        return
    for supplier, arrivals in wanted.items():
        receive(warehouse=warehouse, arrivals=arrivals, supplier=house.words["suppliers"][supplier], by=keeper, at=at)


def _arrival(house: House, product: Product, packs: int, on: date) -> Arrival:
    lot = f"{'K' if product.code.startswith('S-K-') else 'D'}{on:%y%m%d}{product.code[-3:]}"
    return Arrival(product, lot, packs, on + timedelta(days=house.chance(lot).randint(*SHELF_LIFE)))


def _on_hand(warehouse: Warehouse) -> dict[int, int]:
    good = Balance.objects.filter(zone__warehouse=warehouse, quality=Quality.GOOD, zone__purpose="shelf")
    return dict(good.values_list("lot__product").annotate(Sum("quantity")).order_by())


def _count(house: House, warehouse: Warehouse, keeper: User, chance: Random, at: datetime) -> None:
    """Mostly the books are right; one pack too few here and there, one crushed, and lots near their end looked at."""
    balances = list(_shelves(warehouse))
    for balance in chance.sample(balances, min(2, len(balances))):
        if chance.random() < 0.4 and balance.quantity > LEAST // 2:
            adjust(
                balance=balance,
                seen=balance.quantity,
                counted=balance.quantity - 1,
                reason=house.words["counts"],
                by=keeper,
                at=at,
            )
        elif chance.random() < 0.2 and balance.quantity > LEAST // 2:
            change_quality(
                balance=balance, packs=1, quality=Quality.DAMAGED, reason=house.words["broken"], by=keeper, at=at
            )
    for balance in [one for one in balances if one.lot.expiry and one.lot.expiry < at.date() + NEAR_END][:3]:
        check_lot(warehouse=warehouse, lot=balance.lot, by=keeper, at=at)


def _shelves(warehouse: Warehouse) -> Iterable[Balance]:
    rows = Balance.objects.filter(
        zone__warehouse=warehouse, quality=Quality.GOOD, zone__purpose="shelf", quantity__gt=0
    )
    return rows.select_related("zone__warehouse", "lot__product").order_by("lot__product__code", "lot__code")
