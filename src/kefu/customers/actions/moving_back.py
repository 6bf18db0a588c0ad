"""A move of customers that was a mistake is taken back, customer by customer, except where somebody has changed the owners since (ORG-013)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.carrying import people_held
from kefu.customers.actions.moves import locked_move, note
from kefu.customers.actions.ownership import relocate
from kefu.customers.choices import MoveResult, MoveState
from kefu.customers.details import read_reason
from kefu.customers.limits import MOVE_PORTION
from kefu.customers.models import Customer, MovedCustomer, OwnershipChange, TerritoryMove
from kefu.customers.moving import following, hindered
from kefu.customers.owners import check_owners
from kefu.customers.queries.moves import results, roles_to_return
from kefu.customers.sentences import (
    CHANGED_SINCE,
    IN_THE_WAY,
    MOVE_BACK,
    MOVED_BACK,
    NOT_POSSIBLE,
    NOW_MERGED,
    OWNER_GONE,
    PLACE_CLOSED,
)
from kefu.foundation.audit.trail import action, nothing_changed
from kefu.foundation.jobs.defer import defer
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said, plain, say
from kefu.kernel.errors import KefuError, Refused
from kefu.organisation.models import User


@action
def undo_move(*, move: TerritoryMove, reason: str, by: User, at: datetime) -> TerritoryMove:
    """Take the whole move back. Raises Invalid (`reason`), Refused `not_done`, `closed`, `roles_first` while roles that moved along have not returned,
    Forbidden, OutOfScope (ORG-013).
    """
    why = read_reason(reason, _("请写明撤销划转的原因。"))
    held = locked_move(move, by)
    if held.state != MoveState.DONE:
        raise Refused("not_done", _("只有已完成的划转可以撤销，而且只能撤销一次。"))
    if held.source.closed_on is not None:
        raise Refused("closed", str(PLACE_CLOSED(place=held.source)))
    if roles_to_return(held).exists():
        raise Refused("roles_first", _("岗位还没有调回，请管理员先办。"))
    held.state, held.undone_by, held.undone_at, held.undone_reason = MoveState.UNDOING, by, at, why
    held.save(update_fields=["state", "undone_by", "undone_at", "undone_reason"])
    defer("customers.move_back", move_id=held.pk)
    note("undoing", held, by, at, {"state": (MoveState.DONE.value, held.state)}, why)
    return held


@action
def return_portion(*, move: TerritoryMove, by: User, at: datetime) -> bool:
    """Bring the next customers back; answers whether there was anything left to do. Safe to run twice."""
    held = locked_move(move, by)
    if held.state != MoveState.UNDOING:
        nothing_changed()
        return False
    moved = held.customers.filter(result=MoveResult.MOVED).select_related(
        "change__doctor_before", "change__manager_before"
    )
    rows = list(moved.order_by("customer_id")[: MOVE_PORTION.on(at)])
    if not rows:
        _finish(held, by, at)
        return False
    people = people_held(rows)
    hindrances = hindered(list(people), at)
    for row in rows:
        customer, work = people[row.customer_id], hindrances.get(row.customer_id)
        why = IN_THE_WAY(what=work.label, note=work.note) if work else _refusal(held, row, customer)
        _one(held, row, customer, why, by, at)
    found = Counter(row.result for row in rows)
    note("returned", held, by, at, {result: (None, count) for result, count in found.items()})
    return True


def _refusal(move: TerritoryMove, row: MovedCustomer, customer: Customer) -> Said | None:
    change = _change(row)
    if move.source.closed_on is not None:
        return PLACE_CLOSED(place=move.source)
    if customer.merged_into_id is not None:
        return say(NOW_MERGED)
    now = (customer.node_id, customer.doctor_id, customer.health_manager_id)
    if now != (change.node_after_id, change.doctor_after_id, change.manager_after_id):
        return say(CHANGED_SINCE)
    if check_owners(move.source, change.doctor_before, change.manager_before):
        return OWNER_GONE(place=move.source)
    return None


def _one(move: TerritoryMove, row: MovedCustomer, customer: Customer, why: Said | None, by: User, at: datetime) -> None:
    try:
        with transaction.atomic():
            if why is None:
                _put_back(move, row, customer, by, at)
    except (KefuError, IntegrityError) as refusal:
        why = NOT_POSSIBLE(why=plain(str(refusal))) if isinstance(refusal, KefuError) else say(CHANGED_SINCE)
    row.result = MoveResult.KEPT if why else MoveResult.BACK
    row.why = why.kept if why else None
    row.save(update_fields=["result", "why"])


def _put_back(move: TerritoryMove, row: MovedCustomer, customer: Customer, by: User, at: datetime) -> None:
    """The owners as they were; what followed goes back unless somebody has changed or finished it since; what came later stays."""
    change = _change(row)
    relocate(
        customer=customer, node=move.source, doctor=change.doctor_before, health_manager=change.manager_before, reason=move.undone_reason,
        said=MOVED_BACK(place=move.source), by=by, at=at,
    )  # fmt: skip
    for step in reversed(row.carried):
        rows = apps.get_model(step["model"])._base_manager.filter(pk__in=step["rows"], customer_id=customer.pk)
        rows.filter(pk__in=following(step["model"], [customer.pk], at), **step["after"]).update(**step["before"])


def _change(row: MovedCustomer) -> OwnershipChange:
    """The change that moved the customer: every row that moved has one."""
    assert row.change is not None
    return row.change


def _finish(move: TerritoryMove, by: User, at: datetime) -> None:
    move.state = MoveState.UNDONE
    move.save(update_fields=["state"])
    found = results(move)
    back, kept = found.get(MoveResult.BACK, 0), found.get(MoveResult.KEPT, 0)
    note("undone", move, by, at, {"back": (None, back), "kept": (None, kept)})
    words = MOVE_BACK(source=move.source, target=move.target, back=back, kept=kept)
    tell(users=[by], code="customers.moving.back", at=at, text=words, link=f"/territory-moves/{move.pk}/")
