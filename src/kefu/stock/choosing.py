"""Which lots leave: those the system proposes, or others for a reason and with the right to keep the warehouse (STK-005)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock.models import Lot, Warehouse
from kefu.stock.rules import Shelf, Take, allocate, in_order

Wanted = Sequence[tuple[Product, int]]


@dataclass(frozen=True)
class Pick:
    """Packs wanted of one certain lot, and why not of the proposed one."""

    product: Product
    lot: Lot
    packs: int
    reason: str = ""


def demanded(lines: Wanted, picks: Sequence[Pick]) -> tuple[dict[int, Product], dict[int, int]]:
    """The products by id, and how many packs of each. Raises Invalid for nothing, or for less than one pack."""
    wanted = [*lines, *((pick.product, pick.packs) for pick in picks)]
    if not wanted:
        raise Invalid.one("lines", "required", _("还没有填要出库的货"))
    if any(packs < 1 for _product, packs in wanted):
        raise Invalid.one("lines", "packs", _("数量至少是 1"))
    demand: Counter[int] = Counter()
    for product, packs in wanted:
        demand[product.pk] += packs
    return {product.pk: product for product, _packs in wanted}, dict(demand)


def choose(
    held: Iterable[Shelf],
    products: dict[int, Product],
    demand: dict[int, int],
    picks: Sequence[Pick],
    warehouse: Warehouse,
    by: User,
) -> tuple[list[Take], dict[int, str]]:
    """The takes for the whole demand, and by lot the reasons for lots that were not proposed."""
    by_product: defaultdict[int, list[Shelf]] = defaultdict(list)
    for shelf in held:
        by_product[shelf.product_id].append(shelf)
    ordered = {pk: in_order(by_product[pk], product.issue_policy) for pk, product in products.items()}
    _refuse_shortage(ordered, products, demand)
    proposed = {pk: allocate(ordered[pk], packs) for pk, packs in demand.items()}
    if not picks:
        return [take for takes in proposed.values() for take in takes], {}
    usual = Counter({take.shelf.lot_id: 0 for takes in proposed.values() for take in takes})
    for takes in proposed.values():
        for take in takes:
            usual[take.shelf.lot_id] += take.packs
    reasons = _overrides(picks, usual, warehouse, by)
    chosen: list[Take] = []
    for pk, packs in demand.items():
        chosen += _with_picks(ordered[pk], packs, [pick for pick in picks if pick.product.pk == pk])
    return chosen, reasons


def _refuse_shortage(ordered: dict[int, list[Shelf]], products: dict[int, Product], demand: dict[int, int]) -> None:
    there = {pk: sum(shelf.quantity for shelf in ordered[pk]) for pk in demand}
    short = [pk for pk, packs in demand.items() if there[pk] < packs]
    if not short:
        return
    told = "；".join(
        str(_("%(name)s 要 %(wanted)s %(unit)s，可用 %(available)s") % {
            "name": products[pk].label, "wanted": demand[pk], "unit": products[pk].unit, "available": there[pk]})
        for pk in short
    )  # fmt: skip
    details: list[dict[str, object]] = [
        {"product": products[pk].code, "name": products[pk].label, "wanted": demand[pk], "available": there[pk]}
        for pk in short
    ]
    raise Refused("stock_short", _("库存不够：%(lines)s") % {"lines": told}, {"short": details})


def _overrides(picks: Sequence[Pick], usual: Counter[int], warehouse: Warehouse, by: User) -> dict[int, str]:
    asked: Counter[int] = Counter()
    reasons: dict[int, str] = {}
    for pick in picks:
        asked[pick.lot.pk] += pick.packs
        if asked[pick.lot.pk] <= usual[pick.lot.pk]:
            continue
        if not pick.reason.strip():
            raise Refused("lot_needs_reason", _("没有按建议的批号 %(lot)s 出库，请写明原因") % {"lot": pick.lot.code})
        reasons[pick.lot.pk] = pick.reason.strip()
    if reasons:
        require(by, warehouse.keep_permission, node_id=warehouse.node_id)
    return reasons


def _with_picks(ordered: list[Shelf], packs: int, picks: Sequence[Pick]) -> list[Take]:
    taken: Counter[int] = Counter()
    for pick in picks:
        own = [_rest(shelf, taken) for shelf in ordered if shelf.lot_id == pick.lot.pk]
        takes = allocate(own, pick.packs)
        if sum(take.packs for take in takes) < pick.packs:
            raise Refused("lot_not_available", _("批号 %(lot)s 没有这么多可以出库的货") % {"lot": pick.lot.code})
        taken.update({take.shelf.balance_id: take.packs for take in takes})
    others = allocate([_rest(shelf, taken) for shelf in ordered], packs - taken.total())
    taken.update({take.shelf.balance_id: take.packs for take in others})
    return [Take(shelf, taken[shelf.balance_id]) for shelf in ordered if taken[shelf.balance_id]]


def _rest(shelf: Shelf, taken: Counter[int]) -> Shelf:
    return replace(shelf, quantity=shelf.quantity - taken[shelf.balance_id])
