"""Goods are lent with consent, handed over, and come back in whole or part (STK-018 for goods of any kind)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.numbering.series import Series
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions import sentences
from kefu.requisitions.choices import Condition, LendingState
from kefu.requisitions.models import Lending, LendingLine, LendingReturn, LentLot
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.turns import consent_right, directors, keepers, needed
from kefu.stock.actions import Passage, move_reserved, pass_on, release, reserve, side_zone
from kefu.stock.actions.ledger import Place
from kefu.stock.choices import MoveKind, Quality, ZonePurpose
from kefu.stock.fitting import home_zone
from kefu.stock.models import Warehouse

LENDINGS = Series("requisitions.lending", "JY")
KIND = "requisitions.lending"
LARGEST = 1_000_000


@action
def ask_lending(
    *, warehouse: Warehouse, borrower: User, lines: Sequence[tuple[Product, int]], purpose: str, due_on: date, by: User,
    at: datetime, department: str = "",
) -> Lending:  # fmt: skip
    """Ask for goods to be lent until a day. Raises Invalid for nothing, a day that is past, or without a purpose."""
    require(by, RequisitionPermission.DRAFT, node_id=warehouse.node_id)
    wrong = []
    if not lines or any(not 0 < packs <= LARGEST for _product, packs in lines):
        wrong.append(FieldError("lines", "packs", _("至少填一行，数量要在 1 到 1,000,000 之间")))
    if len({product.pk for product, _packs in lines}) < len(lines):
        wrong.append(FieldError("lines", "duplicate", _("同一个产品只填一行")))
    if not purpose.strip():
        wrong.append(FieldError("purpose", "required", _("用途还没填")))
    if due_on < timezone.localdate(at):
        wrong.append(FieldError("due_on", "past", _("归还日期不能早于今天")))
    if wrong:
        raise Invalid(wrong)
    made = Lending.objects.create(
        number=LENDINGS.issue(at), warehouse=warehouse, borrower=borrower, department=department.strip()[:60],
        purpose=purpose.strip()[:200], due_on=due_on, by=by, at=at,
    )  # fmt: skip
    LendingLine.objects.bulk_create(LendingLine(lending=made, product=one, packs=packs) for one, packs in lines)
    _noted("asked", made, by, at, number=made.number, due_on=due_on)
    agreeing = colleagues_with("product_manager", warehouse.node_id) if warehouse.central else directors(warehouse)
    _ring(made, agreeing, sentences.LENDING_ASKED(number=made.number), at)
    return made


@action
def agree_lending(*, lending: Lending, by: User, at: datetime) -> Lending:
    """Agree; the goods are set aside and cannot be sold meanwhile. Raises Refused "own" for who asks or borrows, "stock_short",
    "wrong_state".
    """
    current = _held(lending, LendingState.ASKED)
    _decide(current, LendingState.AGREED, "", by, at)
    lines = [(line.product, line.packs) for line in current.lines.select_related("product")]
    reserve(
        warehouse=current.warehouse, lines=lines, subject=_subject(current), permission=consent_right(current.warehouse),
        by=by, at=at,
    )  # fmt: skip
    return current


@action
def refuse_lending(*, lending: Lending, reason: str, by: User, at: datetime) -> Lending:
    """Do not agree. Raises Invalid without a reason, Refused "own", "wrong_state"."""
    words = needed(reason)
    current = _held(lending, LendingState.ASKED)
    _decide(current, LendingState.REFUSED, words, by, at)
    return current


@action
def withdraw_lending(*, lending: Lending, reason: str, by: User, at: datetime) -> Lending:
    """Give it up before the goods are handed over; by who asked, or the keeper. What is set aside is put back.

    Raises Invalid without a reason, Refused "wrong_state".
    """
    words = needed(reason)
    current = _held(lending, LendingState.ASKED, LendingState.AGREED)
    if by.pk not in (current.by_id, current.borrower_id):
        require(by, current.warehouse.keep_permission, node_id=current.warehouse.node_id)
    current.state, current.reason = LendingState.WITHDRAWN, words
    current.save(update_fields=["state", "reason"])
    _noted("withdrawn", current, by, at, reason=words)
    release(subject=_subject(current), at=at)
    return current


@action
def hand_over(*, lending: Lending, by: User, at: datetime) -> Lending:
    """The keeper hands the goods over; they lie in the warehouse's zone for lent goods until they come back.

    Raises Refused "stock_short" where what was set aside is not all there any more, "wrong_state".
    """
    current = _held(lending, LendingState.AGREED)
    require(by, current.warehouse.keep_permission, node_id=current.warehouse.node_id)
    current.state, current.handed_by, current.handed_at = LendingState.OUT, by, at
    current.save(update_fields=["state", "handed_by", "handed_at"])
    zone = side_zone(warehouse=current.warehouse, purpose=ZonePurpose.LENT)
    subject = _subject(current)
    moved = move_reserved(subject=subject, zone=zone, kind=MoveKind.LENDING, moved_as=subject, by=by, at=at)
    packs: Counter[int] = Counter()
    for one in moved:
        packs[one.balance_id] += one.reservation.packs
    if packs.total() != sum(current.lines.values_list("packs", flat=True)):
        raise Refused("stock_short", _("留好的货少了，请撤回后重新申请"))
    LentLot.objects.bulk_create(
        LentLot(lending=current, balance_id=spot, packs=count) for spot, count in sorted(packs.items())
    )
    _noted("handed_over", current, by, at, packs=packs.total())
    return current


@action
def bring_back(
    *, lot: LentLot, packs: int, condition: Condition, by: User, at: datetime, note: str = ""
) -> LendingReturn:
    """Take packs of a lent lot back: good ones to their shelf, broken ones into quarantine. What will not come back is written off by who
    may agree to lending, not by who borrowed.

    Raises Invalid for more than is out, or without words for what is not good; Refused "own", "wrong_state".
    """
    current = _held(lot.lending, LendingState.OUT)
    row = LentLot.objects.select_related("balance__lot", "balance__product__storage").get(pk=lot.pk)
    warehouse = current.warehouse
    right = consent_right(warehouse) if condition == Condition.LOST else warehouse.keep_permission
    require(by, right, node_id=warehouse.node_id)
    if condition == Condition.LOST and by.pk == current.borrower_id:
        raise Refused("own", _("自己借的东西要由别的同事核销"))
    if not 1 <= packs <= row.open:
        raise Invalid.one("packs", "range", _("数量要在 1 到 %(open)s 之间") % {"open": row.open})
    if condition != Condition.GOOD and not note.strip():
        raise Invalid.one("note", "required", _("不完好的请写明情况"))
    made = LendingReturn.objects.create(
        lot=row, packs=packs, condition=condition, note=note.strip()[:200], by=by, at=at
    )
    row.returned += packs
    row.save(update_fields=["returned"])
    if not current.lots.filter(packs__gt=F("returned")).exists():
        current.state = LendingState.RETURNED
        current.save(update_fields=["state"])
    _noted("returned", current, by, at, packs=packs, condition=str(condition), note=made.note)
    _book_back(current, made, by, at)
    return made


@within_action
def pass_lending(*, lending: Lending, to: User, by: User, at: datetime) -> Lending:
    """Another colleague answers for what was borrowed, decided by whoever arranges that somebody leaves."""
    current = (
        Lending.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse").get(pk=lending.pk)
    )
    before, current.borrower = current.borrower.job_number, to
    current.save(update_fields=["borrower"])
    _noted("passed", current, by, at, borrower=f"{before} → {to.job_number}")
    return current


def _book_back(current: Lending, made: LendingReturn, by: User, at: datetime) -> None:
    balance, to = made.lot.balance, None
    if made.condition != Condition.LOST:
        quality = Quality.GOOD if made.condition == Condition.GOOD else Quality.DAMAGED
        zone = home_zone(warehouse=current.warehouse, product=balance.product, quality=quality)
        to = Place(zone, balance.lot, quality)
    kind = MoveKind.LENDING if to else MoveKind.ADJUSTMENT
    passages = [Passage(balance.pk, made.packs, to, made.note)]
    pass_on(passages=passages, kind=kind, subject=_subject(current), by=by, at=at)


def _held(lending: Lending, *states: LendingState) -> Lending:
    rows = Lending.objects.select_for_update(of=("self",), no_key=True)
    current = rows.select_related("warehouse__node", "borrower", "by").get(pk=lending.pk)
    if current.state not in states:
        words = _("借用单 %(number)s 现在是“%(state)s”，不能这样做，请刷新再看")
        raise Refused("wrong_state", words % {"number": current.number, "state": current.get_state_display()})
    return current


def _decide(current: Lending, state: LendingState, reason: str, by: User, at: datetime) -> None:
    require(by, consent_right(current.warehouse), node_id=current.warehouse.node_id)
    if by.pk in (current.by_id, current.borrower_id):
        raise Refused("own", _("自己申请或自己借的，要由别的同事同意"))
    current.state, current.decided_by, current.decided_at, current.reason = state, by, at, reason
    current.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _noted(str(state), current, by, at, reason=reason)
    _ring(
        current,
        {current.by, current.borrower, *keepers(current.warehouse)},
        sentences.LENDING_DECIDED(number=current.number),
        at,
    )


def _subject(lending: Lending) -> Subject:
    return Subject(KIND, lending.pk)


def _noted(code: str, lending: Lending, by: User, at: datetime, **said: object) -> None:
    changes = {name: (None, value) for name, value in said.items()}
    node = lending.warehouse.node_id
    record(f"requisitions.lending.{code}", by=by, at=at, subject=_subject(lending), node_id=node, changes=changes)


def _ring(lending: Lending, users: Iterable[User], text: Said, at: datetime) -> None:
    link = reverse("requisitions:lending", args=[lending.pk])
    tell(users=users, code="requisitions.lending", text=text, link=link, at=at)
