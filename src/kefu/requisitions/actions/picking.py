"""The keeper takes what was set aside from its place and checks it by a scan; what is not there is said and replaced (STK-005)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, record
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.scans import Scan
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions.actions.stepping import held
from kefu.requisitions.choices import PickFault, State
from kefu.requisitions.models import Picked, PickMiss, Requisition
from kefu.requisitions.queries import PickRow, missing, pick_rows, sendable, subject_of
from kefu.requisitions.scanning import scanned
from kefu.stock.actions import change_quality, put_back, reserve
from kefu.stock.actions.ledger import Place, lock_balances, places
from kefu.stock.choices import Quality
from kefu.stock.fitting import home_zone
from kefu.stock.models import Balance, Lot, Reservation
from kefu.stock.rules import leaves_in_time

SET_APART = {PickFault.MISSING: Quality.BLOCKED, PickFault.DAMAGED: Quality.DAMAGED}


@action
def confirm_pick(*, requisition: Requisition, scan: str, packs: int, by: User, at: datetime) -> Picked:
    """Take packs from their place: name, specification, quantity and expiry are checked against the pick list by a scan (STK-005).

    Raises Invalid on "scan" for an unknown symbol and on "packs" for another quantity; Refused "wrong_product", "wrong_lot",
    "wrong_expiry", "recalled", "expired", "which_lot", "picked_already", "wrong_state".
    """
    require(by, requisition.source.keep_permission, node_id=requisition.source.node_id)
    product, read = scanned(scan)
    current = held(requisition, State.APPROVED)
    row = _row_of(pick_rows(current), product, read, packs)
    lot = row.reservation.balance.lot
    _check_lot(lot, product, read, at)
    if packs != row.reservation.packs:
        words = _("%(name)s 批号 %(lot)s 要拣 %(wanted)s，不是 %(given)s；不够请报缺")
        said = {"name": product.label, "lot": lot.code, "wanted": row.reservation.packs, "given": packs}
        raise Invalid.one("packs", "differs", words % said)
    made, _new = Picked.objects.update_or_create(
        reservation=row.reservation,
        defaults={"requisition": current, "packs": packs, "scanned": scan.strip()[:200], "by": by, "at": at},
    )
    record(
        "requisitions.picked", by=by, at=at, subject=subject_of(current), node_id=current.source.node_id,
        changes={f"{product.code} {lot.code}": (None, packs)},
    )  # fmt: skip
    return made


def _row_of(rows: list[PickRow], product: Product, read: Scan, packs: int) -> PickRow:
    own = [row for row in rows if row.reservation.balance.product_id == product.pk]
    named = {"name": product.label, "specification": product.specification or product.unit}
    if not own:
        raise Refused("wrong_product", _("扫到的是 %(name)s（%(specification)s），这张单不拣它") % named)
    fitting = [row for row in own if not read.lot or row.reservation.balance.lot.code == read.lot]
    if not fitting:
        told = "、".join(sorted({row.reservation.balance.lot.code for row in own}))
        lot = Lot.objects.filter(product=product, code=read.lot).first()
        if lot is not None and lot.recalled:
            raise Refused("recalled", _("批号 %(lot)s 已召回，不能发") % {"lot": lot.code})
        words = _("%(name)s 扫到批号 %(lot)s，应该拣批号 %(wanted)s")
        raise Refused("wrong_lot", words % {"name": product.label, "lot": read.lot, "wanted": told})
    waiting = [row for row in fitting if not row.done]
    if not waiting:
        raise Refused("picked_already", _("%(name)s 已经拣过了") % {"name": product.label})
    if len({row.reservation.balance.lot_id for row in waiting}) > 1:
        raise Refused("which_lot", _("%(name)s 有几批要拣，请扫带批号的码") % {"name": product.label})
    return next((row for row in waiting if row.reservation.packs == packs), waiting[0])


def _check_lot(lot: Lot, product: Product, read: Scan, at: datetime) -> None:
    if read.expires_on and lot.expiry != read.expires_on:
        words = _("批号 %(lot)s 登记的有效期是 %(known)s，扫到的是 %(read)s")
        raise Refused("wrong_expiry", words % {"lot": lot.code, "known": lot.expiry or "—", "read": read.expires_on})
    if lot.recalled:
        raise Refused("recalled", _("批号 %(lot)s 已召回，不能发") % {"lot": lot.code})
    if not leaves_in_time(lot.expiry, timezone.localdate(at), product.branch_days_left):
        raise Refused("expired", _("批号 %(lot)s 已过期或太临期，不能发，请报缺") % {"lot": lot.code})


@action
def report_miss(
    *, requisition: Requisition, reservation: Reservation, packs: int, fault: PickFault, note: str, by: User, at: datetime
) -> PickMiss:  # fmt: skip
    """Say that packs set aside cannot be taken from their place. What is missing or broken is set apart there until somebody counts or
    destroys it, so that nobody is sent to it again; other packs are set aside instead as far as there are any.

    Raises Invalid for impossible packs, Refused "wrong_state", "stock_short".
    """
    require(by, requisition.source.keep_permission, node_id=requisition.source.node_id)
    current = held(requisition, State.APPROVED)
    row = next((one for one in pick_rows(current) if one.reservation.pk == reservation.pk), None)
    if row is None:
        raise Refused("changed", _("拣货单变了，请刷新再看"))
    if not 1 <= packs <= row.reservation.packs:
        raise Invalid.one("packs", "range", _("缺的数量要在 1 到 %(packs)s 之间") % {"packs": row.reservation.packs})
    balance = row.reservation.balance
    _hold(current, row.reservation, SET_APART.get(fault))
    put_back(reservation=row.reservation, packs=packs, at=at)
    words = f"{PickFault(fault).label} {note.strip()}".strip()[:200]
    if quality := SET_APART.get(fault):
        zone = balance.zone if fault == PickFault.MISSING else None
        change_quality(balance=balance, packs=packs, quality=quality, reason=words, zone=zone, by=by, at=at)
    made = PickMiss.objects.create(
        requisition=current, product=balance.product, lot=balance.lot, packs=packs, fault=fault, note=note.strip()[:200],
        by=by, at=at,
    )  # fmt: skip
    if fault != PickFault.UNFIT:
        _fill(current, by, at, only=balance.product)
    record(
        "requisitions.pick_missed", by=by, at=at, subject=subject_of(current), node_id=current.source.node_id,
        reason=words, changes={f"{balance.product.code} {balance.lot.code}": (None, packs)},
    )  # fmt: skip
    return made


@action
def refill(*, requisition: Requisition, by: User, at: datetime) -> int:
    """Set aside anew what was approved and is set aside no longer, as far as there is any; answers how many packs.

    Raises Refused "nothing_missing" or "stock_short".
    """
    require(by, requisition.source.keep_permission, node_id=requisition.source.node_id)
    current = held(requisition, State.APPROVED)
    if not missing(current, pick_rows(current)):
        raise Refused("nothing_missing", _("批准的货都留好了，不用补"))
    packs = _fill(current, by, at)
    if not packs:
        raise Refused("stock_short", _("库房里没有可以补的货了，可以减发"))
    record(
        "requisitions.refilled", by=by, at=at, subject=subject_of(current), node_id=current.source.node_id,
        changes={"packs": (None, packs)},
    )  # fmt: skip
    return packs


def _hold(current: Requisition, reservation: Reservation, quality: Quality | None) -> None:
    """Hold at once, in the order of their ids, all balances that are about to change."""
    balance = reservation.balance
    if quality is not None:
        zone = (
            balance.zone
            if quality == Quality.BLOCKED
            else home_zone(warehouse=current.source, product=balance.product, quality=quality)
        )
        places([Place(zone, balance.lot, quality)])
    lock_balances(
        Balance.objects.filter(warehouse=current.source, product=balance.product).values_list("pk", flat=True)
    )


def _fill(current: Requisition, by: User, at: datetime, only: Product | None = None) -> int:
    """Set aside what is missing as far as it goes; answers how many packs."""
    short = missing(current, pick_rows(current))
    products = [only] if only else list(Product.objects.filter(pk__in=short).order_by("code"))
    there = sendable(current.source, products, at)
    lines = [(one, min(short.get(one.pk, 0), there.get(one.pk, 0))) for one in products]
    lines = [(one, packs) for one, packs in lines if packs > 0]
    if lines:
        reserve(
            warehouse=current.source, lines=lines, subject=subject_of(current),
            permission=current.source.keep_permission, to_branch=True, by=by, at=at,
        )  # fmt: skip
    return sum(packs for _product, packs in lines)
