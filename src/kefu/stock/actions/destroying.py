"""Goods that must not be used any more: asked about, verified, approved, destroyed before two people, written off (STK-011, Annex 5.6)."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action
from kefu.foundation.files.actions import attach
from kefu.foundation.files.queries import attached
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.actions.destruction_steps import (
    in_state,
    lay_back,
    needed,
    refuse_fewer,
    relabel,
    step,
    subject_of,
    write_off,
)
from kefu.stock.actions.ledger import Place, lock_balances, places
from kefu.stock.actions.reserving import set_apart
from kefu.stock.choices import DestructionMethod, DestructionState, MoveKind, Quality
from kefu.stock.models import Balance, Destruction
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import DESTRUCTION, still_held, to_destroy, witnesses

DESTRUCTIONS = Series("stock.destruction", "XH")
PHOTO, SIGNED = "photo", "signed_record"
"""Kinds of files on a request: the goods as they are, and the record with both signatures."""


@action
def request_destruction(
    *, balance: Balance, packs: int, reason: str, by: User, at: datetime, photo: File[bytes] | None = None
) -> Destruction:
    """Ask to destroy packs of a candidate. They are set aside at once, good ones blocked, until they are destroyed or put back.

    Raises Invalid without a reason or packs or for a photo that is none, Refused "not_candidate", or "stock_short" for more than nobody
    asked about yet.
    """
    require(by, StockPermission.DESTRUCTION_REQUEST, node_id=balance.warehouse.node_id)
    words = needed(reason, _("说明还没填"))
    if packs < 1:
        raise Invalid.one("packs", "min_value", _("数量至少是 1"))
    spot = balance.pk
    if balance.quality == Quality.GOOD:
        (spot,) = places([Place(balance.zone, balance.lot, Quality.BLOCKED)])
    both = lock_balances({balance.pk, spot})
    found = to_destroy(at).filter(pk=balance.pk).first()
    if found is None:
        raise Refused("not_candidate", _("这一批不用销毁，或者已经申请过"))
    if found.loose < packs:
        short = _("现在只有 %(available)s，没有这么多") % {"available": found.loose}
        raise Refused("stock_short", short, {"available": found.loose})
    made = Destruction.objects.create(
        number=DESTRUCTIONS.issue(at), warehouse=balance.warehouse, origin=both[balance.pk], held=both[spot], packs=packs,
        cause=found.cause, reason=words, by=by, at=at,
    )  # fmt: skip
    if spot != balance.pk:
        relabel(made, balance.pk, spot, packs, words, by, at)
    set_apart(balance=both[spot], packs=packs, subject=subject_of(made), by=by, at=at)
    step(made, DestructionState.REQUESTED, by, at, lot=balance.lot.code, packs_asked=packs, cause=made.cause)
    if photo is not None:
        attach(subject=subject_of(made), customer_id=None, kind=PHOTO, upload=photo, by=by, at=at)
    return made


@action
def verify_destruction(*, destruction: Destruction, packs: int, by: User, at: datetime, note: str = "") -> Destruction:
    """The product department has counted what is to be destroyed; packs beyond that are put back.

    Raises Invalid for more than asked for or none, Refused "no_photo", "own_hand", "fewer_there" where a count took some, "wrong_state".
    """
    require(by, StockPermission.DESTRUCTION_VERIFY, node_id=destruction.warehouse.node_id)
    current = in_state(destruction, DestructionState.REQUESTED)
    if not 1 <= packs <= current.packs:
        raise Invalid.one("packs", "range", _("数量要在 1 到 %(packs)s 之间") % {"packs": current.packs})
    _refuse_unseen(current)
    refuse_fewer(current, packs)
    lay_back(current, still_held(current) - packs, note, by, at)
    step(current, DestructionState.VERIFIED, by, at, packs=packs, note=note)
    return current


@action
def decide_destruction(
    *, destruction: Destruction, decision: DestructionState, by: User, at: datetime, reason: str = ""
) -> Destruction:
    """Leadership approves, or rejects: then the goods go back to stock (`REJECTED`) or are to go back to the maker (`TO_MAKER`).

    Raises Invalid for a no without a reason, Refused "own_hand" for who asked or verified, "fewer_there", "no_photo" where it was withdrawn
    since, "wrong_state".
    """
    require(by, StockPermission.DESTRUCTION_APPROVE, node_id=destruction.warehouse.node_id)
    if decision not in (DestructionState.APPROVED, DestructionState.REJECTED, DestructionState.TO_MAKER):
        raise Invalid.one("decision", "unknown", _("请选批准、放回库存或退回厂家"))
    if decision != DestructionState.APPROVED:
        needed(reason, _("不批准的原因还没填"))
    current = in_state(destruction, DestructionState.VERIFIED)
    if decision == DestructionState.REJECTED:
        lay_back(current, still_held(current), reason, by, at)
    else:
        refuse_fewer(current, current.counted)
    if decision == DestructionState.APPROVED:
        _refuse_unseen(current)
    step(current, decision, by, at, note=reason)
    return current


@action
def destroy(
    *, destruction: Destruction, method: DestructionMethod, place: str, witness: User, by: User, at: datetime, note: str = ""
) -> Destruction:  # fmt: skip
    """The goods were destroyed here and so, before the eyes of a second person, who is told.

    Raises Invalid without a place, for an unknown method, or a witness who is oneself or nobody to stand by; Refused "fewer_there", "wrong_state".
    """
    warehouse = destruction.warehouse
    require(by, StockPermission.DESTRUCTION_REQUEST, node_id=warehouse.node_id)
    where = needed(place, _("销毁地点还没填"), field="place")
    if method not in DestructionMethod.values:
        raise Invalid.one("method", "unknown", _("请选销毁方式"))
    if method == DestructionMethod.OTHER:
        needed(note, _("请在备注里写明怎样销毁"), field="note")
    if witness.pk == by.pk:
        raise Invalid.one("witness", "same_person", _("见证人要是另一个人"))
    if not witnesses(warehouse).filter(pk=witness.pk).exists():
        raise Invalid.one("witness", "unknown", _("这位同事不能为这个库房见证"))
    current = in_state(destruction, DestructionState.APPROVED)
    lock_balances([current.held_id])
    refuse_fewer(current, current.counted)
    step(current, DestructionState.DESTROYED, by, at, note=note, method=method, place=where, witness=witness)
    return current


@action
def close_destruction(*, destruction: Destruction, by: User, at: datetime, note: str = "") -> Destruction:
    """Write destroyed goods off and file it. Counts since then were held against the book without them.

    Raises Refused "not_filed" until the signed record is attached, which nobody can have signed before, "wrong_state".
    """
    require(by, StockPermission.DESTRUCTION_REQUEST, node_id=destruction.warehouse.node_id)
    current = in_state(destruction, DestructionState.DESTROYED)
    if not attached(DESTRUCTION, current.pk, SIGNED).filter(at__gte=current.since):
        raise Refused("not_filed", _("双方签字的销毁记录还没上传，请先扫描上传"))
    write_off(current, DestructionState.CLOSED, MoveKind.DESTRUCTION, note, by, at)
    return current


@action
def send_back(*, destruction: Destruction, note: str, by: User, at: datetime) -> Destruction:
    """Goods that leadership wants the maker to take back have left, and with them their packs. Raises Invalid without a note of how,
    Refused "wrong_state".
    """
    require(by, StockPermission.DESTRUCTION_REQUEST, node_id=destruction.warehouse.node_id)
    words = needed(note, _("请写明退货单号或承运人"), field="note")
    current = in_state(destruction, DestructionState.TO_MAKER)
    write_off(current, DestructionState.SENT_BACK, MoveKind.MAKER_RETURN, words, by, at)
    return current


@action
def withdraw_destruction(*, destruction: Destruction, reason: str, by: User, at: datetime) -> Destruction:
    """Give a request up before anything was destroyed; the goods are put back. Raises Invalid without a reason, Refused "wrong_state"."""
    require(by, StockPermission.DESTRUCTION_REQUEST, node_id=destruction.warehouse.node_id)
    words = needed(reason, _("原因还没填"))
    states = (
        DestructionState.REQUESTED,
        DestructionState.VERIFIED,
        DestructionState.APPROVED,
        DestructionState.TO_MAKER,
    )
    current = in_state(destruction, *states)
    lay_back(current, still_held(current), words, by, at)
    step(current, DestructionState.WITHDRAWN, by, at, note=words)
    return current


def _refuse_unseen(current: Destruction) -> None:
    if not attached(DESTRUCTION, current.pk, PHOTO):
        raise Refused("no_photo", _("还没有货物照片，请库管先上传"))
