"""Goods leave: the system proposes the lots, taking others needs a reason and a right (STK-005, STK-006)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.rules import Permission
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock.actions.ledger import Entry, book, shelves
from kefu.stock.choices import MoveKind
from kefu.stock.models import IssueLine, IssueSlip, Lot, Warehouse
from kefu.stock.queries import place_of
from kefu.stock.rules import Shelf, Take, allocate, in_order

ISSUES = Series("stock.issue", "CK")
Wanted = Sequence[tuple[Product, int]]


@dataclass(frozen=True)
class Pick:
    """Packs wanted of one certain lot, and why not of the proposed one."""

    product: Product
    lot: Lot
    packs: int
    reason: str = ""


@action
def issue(
    *,
    warehouse: Warehouse,
    lines: Wanted,
    purpose: str,
    by: User,
    at: datetime,
    picks: Sequence[Pick] = (),
) -> IssueSlip:
    """Hand goods out over the keeper's counter, for a purpose that is written down. Refusals as in `post_issue`."""
    if not purpose.strip():
        raise Invalid.one("purpose", "required", _("用途还没填"))
    return post_issue(
        warehouse=warehouse, lines=lines, picks=picks, purpose=purpose.strip(), subject=None, customer_id=None,
        permission=warehouse.keep_permission, by=by, at=at,
    )  # fmt: skip


@within_action
def post_issue(
    *,
    warehouse: Warehouse,
    lines: Wanted,
    subject: Subject | None,
    customer_id: int | None,
    permission: Permission,
    by: User,
    at: datetime,
    picks: Sequence[Pick] = (),
    purpose: str = "",
) -> IssueSlip:
    """Take goods out of stock for a record of the calling module's action, under that module's `permission`.

    The right must hold where the goods are kept, or at the customer's node when this warehouse serves it.

    `lines` are products with packs; their lots are chosen by the product's policy among good, unexpired goods outside
    quarantine, and held until the transaction ends. `picks` ask for certain lots: where they differ from the proposal,
    a reason and the right to keep the warehouse are needed.
    Raises Refused "stock_short" with details `short: [{product, name, wanted, available}]`, "lot_not_available",
    "lot_needs_reason"; Forbidden for an override without the right; Invalid for impossible quantities.
    """
    require(by, permission, node_id=place_of(warehouse, customer_id))
    products, demand = _demand(lines, picks)
    if not warehouse.active:
        raise Refused("warehouse_closed", _("这个库房已停用"))
    number = ISSUES.issue(at)
    held = shelves(warehouse, demand, timezone.localdate(at), lock=True)
    takes, reasons = _choose(held, products, demand, picks, warehouse, by)
    slip = IssueSlip.objects.create(
        number=number, warehouse=warehouse, customer_id=customer_id, purpose=purpose, by=by, at=at,
        subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else None,
    )  # fmt: skip
    told = "、".join(f"{products[pk].code}×{packs}" for pk, packs in demand.items())
    _write(slip, takes, reasons, told)
    return slip


def _write(slip: IssueSlip, takes: Sequence[Take], reasons: dict[int, str], told: str) -> None:
    subject = Subject("stock.issue_slip", slip.pk)
    book(
        [Entry(take.shelf.balance_id, -take.packs, reasons.get(take.shelf.lot_id, "")) for take in takes],
        kind=MoveKind.ISSUE, subject=subject, by=slip.by, at=slip.at,
    )  # fmt: skip
    IssueLine.objects.bulk_create(
        IssueLine(
            slip=slip, balance_id=take.shelf.balance_id, lot_id=take.shelf.lot_id, packs=take.packs,
            reason=reasons.get(take.shelf.lot_id, ""),
        )
        for take in takes
    )  # fmt: skip
    record(
        "stock.issued", by=slip.by, at=slip.at, subject=subject, node_id=slip.warehouse.node_id,
        customer_id=slip.customer_id, changes={"number": (None, slip.number), "goods": (None, told)},
        reason="；".join(sorted(set(reasons.values()))),
    )  # fmt: skip


def _demand(lines: Wanted, picks: Sequence[Pick]) -> tuple[dict[int, Product], dict[int, int]]:
    wanted = [*lines, *((pick.product, pick.packs) for pick in picks)]
    if not wanted:
        raise Invalid.one("lines", "required", _("还没有填要出库的货"))
    if any(packs < 1 for _product, packs in wanted):
        raise Invalid.one("lines", "packs", _("数量至少是 1"))
    demand: Counter[int] = Counter()
    for product, packs in wanted:
        demand[product.pk] += packs
    return {product.pk: product for product, _packs in wanted}, dict(demand)


def _choose(
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
