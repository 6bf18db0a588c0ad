"""What every verb on a request to destroy does: hold it in the right state, note who did what, tell whose turn it is, move its goods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import Subject, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock import sentences
from kefu.stock.actions.ledger import Entry, book, lock_balances
from kefu.stock.actions.reserving import put_back, take_out
from kefu.stock.choices import DESTRUCTION_DECIDING, DestructionState, MoveKind, ReservationState
from kefu.stock.models import Destruction, DestructionStep, Reservation
from kefu.stock.queries import DESTRUCTION, still_held


@within_action
def needed(words: str, missing: object, field: str = "reason") -> str:
    """The words without blanks around. Raises Invalid when there are none."""
    if not words.strip():
        raise Invalid.one(field, "required", missing)
    return words.strip()


@within_action
def subject_of(destruction: Destruction) -> Subject:
    """The request as the trail, files and reservations name it."""
    return Subject(DESTRUCTION, destruction.pk)


@within_action
def in_state(destruction: Destruction, *states: DestructionState) -> Destruction:
    """The request, held until the transaction ends, with its state read after that. Raises Refused "wrong_state"."""
    Destruction.objects.select_for_update(no_key=True).get(pk=destruction.pk)
    rows = Destruction.objects.with_state().select_related("warehouse__node", "warehouse__keeper", "by", "held__lot")
    current = rows.get(pk=destruction.pk)
    if current.state not in states:
        words = _("销毁单 %(number)s 现在是“%(state)s”，不能这样做，请刷新再看")
        raise Refused("wrong_state", words % {"number": current.number, "state": current.status.word})
    return current


@within_action
def refuse_fewer(current: Destruction, packs: int) -> None:
    """Raises Refused "fewer_there" when a count has taken some of the packs that are set aside."""
    if (there := still_held(current)) < packs:
        words = _("盘点后只剩 %(there)s 件，请撤回后重新申请")
        raise Refused("fewer_there", words % {"there": there}, {"there": there})


@within_action
def step(
    current: Destruction, kind: DestructionState, by: User, at: datetime, *, packs: int | None = None, note: str = "",
    method: str = "", place: str = "", witness: User | None = None, **said: object,
) -> None:  # fmt: skip
    """Note a step of a held request, and ring for whose turn it is now. Raises Refused "own_hand" for who had a hand in it before."""
    if kind in DESTRUCTION_DECIDING and current.steps.filter(by=by, kind__in=DESTRUCTION_DECIDING).exists():
        raise Refused("own_hand", _("申请、核对、审批要由不同的人做"))
    DestructionStep.objects.create(
        destruction=current, kind=kind, packs=packs, method=method, place=place, witness=witness, note=note.strip()[:200],
        by=by, at=at,
    )  # fmt: skip
    current.state, current.verified = kind, packs if kind == DestructionState.VERIFIED else current.verified
    told = {"packs": packs, "method": method, "place": place, "witness": witness.job_number if witness else ""} | said
    record(
        f"stock.destruction.{kind}", by=by, at=at, subject=subject_of(current), node_id=current.warehouse.node_id,
        reason=note.strip(), changes={name: (None, value) for name, value in told.items() if value not in (None, "")},
    )  # fmt: skip
    _ring(current, kind, witness, at)


def _ring(current: Destruction, kind: DestructionState, witness: User | None, at: datetime) -> None:
    node, number = current.warehouse.node_id, current.number
    keepers = [current.by, *([current.warehouse.keeper] if current.warehouse.keeper else [])]
    turns: dict[DestructionState, tuple[Iterable[User], Said]] = {
        DestructionState.REQUESTED: (colleagues_with("product_manager", node), sentences.TO_VERIFY(number=number)),
        DestructionState.VERIFIED: (colleagues_with("leadership", node), sentences.TO_APPROVE(number=number)),
        DestructionState.APPROVED: (keepers, sentences.TO_DESTROY(number=number)),
        DestructionState.REJECTED: (keepers, sentences.PUT_BACK(number=number)),
        DestructionState.TO_MAKER: (keepers, sentences.TO_SEND_BACK(number=number)),
        DestructionState.DESTROYED: ([witness] if witness else [], sentences.WITNESSED(number=number)),
    }
    if kind in turns:
        users, text = turns[kind]
        link = reverse("stock:destruction", args=[current.pk])
        tell(users=users, code="stock.destruction", text=text, link=link, at=at)


@within_action
def lay_back(current: Destruction, packs: int, words: str, by: User, at: datetime) -> None:
    """Packs lie again as they lay before somebody asked."""
    if not packs:
        return
    lock_balances({current.origin_id, current.held_id})
    mine = Reservation.objects.filter(
        subject_kind=DESTRUCTION, subject_id=current.pk, state=ReservationState.OPEN
    ).get()
    put_back(reservation=mine, packs=packs, at=at)
    if current.origin_id != current.held_id:
        relabel(current, current.held_id, current.origin_id, packs, words, by, at)


@within_action
def write_off(current: Destruction, state: DestructionState, kind: MoveKind, note: str, by: User, at: datetime) -> None:
    """Book out what is still set aside for a request, and note it as its last step."""
    taken = take_out(subject=subject_of(current), at=at)
    entries = [Entry(row.balance_id, -row.packs, _told(current, note)) for row in taken]
    if entries:
        book(entries, kind=kind, subject=subject_of(current), by=by, at=at)
    step(current, state, by, at, packs=sum(row.packs for row in taken), note=note)


@within_action
def relabel(current: Destruction, source: int, target: int, packs: int, words: str, by: User, at: datetime) -> None:
    """Book packs of a lot from one state to another at its place, with both balances held."""
    told = _told(current, words)
    entries = [Entry(source, -packs, told), Entry(target, packs, told)]
    book(entries, kind=MoveKind.QUALITY, subject=subject_of(current), by=by, at=at)


def _told(current: Destruction, words: str) -> str:
    return f"{current.number} {words.strip()}".strip()[:200]
