"""Short packs are found, sent back or written off, the same day; a requisition is done only when none is left (Annex 5.5)."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.requisitions.actions.stepping import held, step
from kefu.requisitions.choices import Outcome, Side, State, StepKind
from kefu.requisitions.models import LossConsent, Requisition, Settlement, ShippedLine
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.queries import subject_of
from kefu.requisitions.sentences import DIFFERS
from kefu.requisitions.turns import needed, sides
from kefu.stock.actions import Passage, pass_on
from kefu.stock.actions.ledger import Place
from kefu.stock.choices import MoveKind, Quality
from kefu.stock.fitting import home_zone


@action
def settle(*, line: ShippedLine, outcome: Outcome, packs: int, reason: str, by: User, at: datetime) -> Settlement:
    """Say what became of short packs. Found ones go to their shelf here, those that never left back to theirs; both are booked at once
    by the keeper who has them. Lost ones are written off once both keepers and finance agreed; who says so agrees at once.

    Raises Invalid without a reason or for more than is open, Refused "wrong_state", "loss_waits" while a write-off of the line waits.
    """
    words = needed(reason)
    current = held(line.requisition, State.DIFFERENCE)
    row = ShippedLine.objects.select_related("lot__product__storage").get(pk=line.pk)
    if row.settlements.filter(booked_at=None).exists():
        raise Refused("loss_waits", _("这一行的核销还在等同意，先等它有结果"))
    if not 1 <= packs <= row.open:
        raise Invalid.one("packs", "range", _("数量要在 1 到 %(open)s 之间") % {"open": row.open})
    if outcome == Outcome.LOST:
        made = Settlement.objects.create(line=row, outcome=outcome, packs=packs, reason=words, by=by, at=at)
        _agree(current, made, by, at)
        _ring_all(current, at)
        return made
    where = current.target if outcome == Outcome.FOUND else current.source
    require(by, where.keep_permission, node_id=where.node_id)
    made = Settlement.objects.create(line=row, outcome=outcome, packs=packs, reason=words, by=by, at=at, booked_at=at)
    _book(current, row, made, by, at)
    return made


@action
def agree_to_loss(*, settlement: Settlement, by: User, at: datetime) -> Settlement:
    """One more side agrees that packs are lost; with the last of the three they are written off by a counter move.

    Raises Forbidden for who is none of the three, Refused "agreed" when the side or the person has spoken, "booked", "wrong_state".
    """
    current = held(settlement.line.requisition, State.DIFFERENCE)
    row = Settlement.objects.select_related("line__lot__product").get(pk=settlement.pk)
    if row.booked_at is not None:
        raise Refused("booked", _("这一行已经处理完了"))
    _agree(current, row, by, at)
    return row


@action
def drop_loss(*, settlement: Settlement, reason: str, by: User, at: datetime) -> None:
    """Take a write-off back that still waits, because one side does not agree; the packs stay open. Raises Invalid without a reason,
    Forbidden for who is none of the three, Refused "booked".
    """
    words = needed(reason)
    current = held(settlement.line.requisition, State.DIFFERENCE)
    row = Settlement.objects.select_related("line__lot").get(pk=settlement.pk)
    if row.booked_at is not None:
        raise Refused("booked", _("这一行已经处理完了"))
    if not sides(current, by):
        require(by, RequisitionPermission.FIGURES_CHECK, node_id=current.target.node_id)
    record(
        "requisitions.loss_dropped", by=by, at=at, subject=subject_of(current), node_id=current.target.node_id,
        reason=words, changes={row.line.lot.code: (row.packs, None), "reason": (row.reason, None)},
    )  # fmt: skip
    row.consents.all().delete()
    row.delete()


def _agree(current: Requisition, row: Settlement, by: User, at: datetime) -> None:
    spoken = {one.side: one.by_id for one in row.consents.all()}
    mine = sides(current, by)
    if not mine:
        require(by, RequisitionPermission.FIGURES_CHECK, node_id=current.target.node_id)
    side = next((one for one in mine if one not in spoken), None)
    if side is None or by.pk in spoken.values():
        raise Refused("agreed", _("您这一方已经同意过，要等其他两方"))
    LossConsent.objects.create(settlement=row, side=side, by=by, at=at)
    record(
        "requisitions.loss_agreed", by=by, at=at, subject=Subject("requisitions.settlement", row.pk), reason=row.reason,
        node_id=current.target.node_id, changes={"side": (None, str(side)), "packs": (None, row.packs)},
    )  # fmt: skip
    if len(spoken) + 1 == len(Side.values):
        row.booked_at = at
        row.save(update_fields=["booked_at"])
        _book(current, row.line, row, by, at)


def _book(current: Requisition, line: ShippedLine, made: Settlement, by: User, at: datetime) -> None:
    setattr(line, made.outcome, getattr(line, made.outcome) + made.packs)
    line.save(update_fields=[str(made.outcome)])
    current.open_packs -= made.packs
    current.settle_by = current.settle_by if current.open_packs else None
    record(
        "requisitions.difference_settled", by=by, at=at, subject=subject_of(current), node_id=current.target.node_id,
        reason=made.reason, changes={line.lot.code: (None, made.packs), "outcome": (None, str(made.outcome))},
    )  # fmt: skip
    if current.open_packs:
        current.save(update_fields=["open_packs"])
    else:
        step(current, StepKind.SETTLED, State.RECEIVED, by=by, at=at)
    to = None
    if made.outcome != Outcome.LOST:
        where = current.target if made.outcome == Outcome.FOUND else current.source
        to = Place(home_zone(warehouse=where, product=line.lot.product), line.lot, Quality.GOOD)
    kind = MoveKind.TRANSFER if to else MoveKind.ADJUSTMENT
    passage = Passage(line.balance_id, made.packs, to, made.reason)
    pass_on(passages=[passage], kind=kind, subject=subject_of(current), by=by, at=at)


def _ring_all(current: Requisition, at: datetime) -> None:
    people = [one for one in (current.source.keeper, current.target.keeper) if one]
    people += list(colleagues_with("finance", current.target.node_id))
    link = reverse("requisitions:requisition", args=[current.pk])
    tell(users=people, code="requisitions.loss", text=DIFFERS(number=current.number), link=link, at=at)
