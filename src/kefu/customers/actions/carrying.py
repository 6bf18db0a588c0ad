"""The portions of a move of customers: each commits by itself, so that a killed move goes on where it was (ORG-013)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kefu.customers.actions.moves import MOVE, locked_move, note
from kefu.customers.actions.ownership import relocate
from kefu.customers.choices import MoveResult, MoveState
from kefu.customers.holding import lock
from kefu.customers.limits import MOVE_PORTION
from kefu.customers.models import Customer, MovedCustomer, TerritoryMove
from kefu.customers.moving import Carrying, carry, hindered
from kefu.customers.queries.moves import results
from kefu.customers.sentences import (
    CAME_TO_YOU,
    IN_THE_WAY,
    MOVE_DONE,
    MOVED,
    NO_DOCTOR,
    NO_MANAGER,
    NOT_HERE,
    NOT_POSSIBLE,
    NOW_MERGED,
    OUT_OF_REACH,
    PLACE_CLOSED,
)
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import action, nothing_changed, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said, Sentence, plain, say
from kefu.kernel.errors import KefuError
from kefu.organisation.models import User

ROLES = ("doctor", "health_manager")


@action
def move_portion(*, move: TerritoryMove, by: User, at: datetime) -> bool:
    """Carry the next customers over, locked by rising id, each with its result; answers whether there was anything left to do.

    Safe to run twice: whoever has a result is left alone.
    """
    held = locked_move(move, by)
    if held.state not in (MoveState.WAITING, MoveState.RUNNING):
        nothing_changed()
        return False
    waiting = held.customers.filter(result=MoveResult.WAITING).order_by("customer_id")
    rows = list(waiting[: MOVE_PORTION.on(at)])
    if not rows:
        _finish(held, by, at)
        return False
    _carry_over(held, rows, by, at)
    found = Counter(row.result for row in rows)
    held.state = MoveState.RUNNING
    held.save(update_fields=["state"])
    note("portion", held, by, at, {result: (None, count) for result, count in found.items()})
    return True


@within_action
def people_held(rows: Iterable[MovedCustomer]) -> dict[int, Customer]:
    """The customers of these rows, locked by rising id, with their owners."""
    ids = [row.customer_id for row in rows]
    lock(*ids)
    return Customer.objects.select_related("node", "doctor", "health_manager").in_bulk(ids)


def _carry_over(move: TerritoryMove, rows: list[MovedCustomer], by: User, at: datetime) -> None:
    people = people_held(rows)
    hindrances = hindered(list(people), at)
    there = {role: set(colleagues_with(role, move.target_id).values_list("pk", flat=True)) for role in ROLES}
    for row in rows:
        customer = people[row.customer_id]
        owners = {role: _owner(getattr(customer, role), getattr(move, role), there[role], customer) for role in ROLES}
        if (work := hindrances.get(customer.pk)) is not None:
            why: Said | None = IN_THE_WAY(what=work.label, note=work.note)
        else:
            why = _refusal(move, customer, owners, by)
        _one(move, row, customer, owners, why, by, at)


def _owner(current: User | None, chosen: User | None, there: set[int], customer: Customer) -> User | None:
    """Who cares for the customer at the new place: whoever did and works there, else the one chosen. A lead nobody had stays in the pool."""
    if current is not None and current.pk in there:
        return current
    taken_over = current is not None or customer.archive_opened_at is not None
    return chosen if taken_over and chosen is not None and chosen.pk in there else None


def _refusal(move: TerritoryMove, customer: Customer, owners: dict[str, User | None], by: User) -> Said | None:
    if customer.merged_into_id is not None:
        return say(NOW_MERGED)
    if move.target.closed_on is not None:
        return PLACE_CLOSED(place=move.target)
    if customer.node_id != move.source_id:
        return NOT_HERE(place=move.source)
    if not allowed(by, MOVE, customer=customer):
        return say(OUT_OF_REACH)
    if customer.archive_opened_at is None:
        return None
    missing: dict[str, Sentence] = {"doctor": NO_DOCTOR, "health_manager": NO_MANAGER}
    return next((say(words) for role, words in missing.items() if owners[role] is None), None)


def _one(
    move: TerritoryMove,
    row: MovedCustomer,
    customer: Customer,
    owners: dict[str, User | None],
    why: Said | None,
    by: User,
    at: datetime,
) -> None:
    """One customer moves with what follows, or is refused; a refusal on the way leaves nothing behind."""
    try:
        with transaction.atomic():
            if why is None:
                said = MOVED(source=move.source, target=move.target)
                row.change = relocate(
                    customer=customer, node=move.target, reason=move.reason, said=said, by=by, at=at, **owners
                )
                carrying = Carrying([customer.pk], move.target, at)
                carry(carrying)
                row.carried = carrying.steps[customer.pk]
    except KefuError as refusal:
        why, row.change, row.carried = NOT_POSSIBLE(why=plain(str(refusal))), None, []
    row.result = MoveResult.REFUSED if why else MoveResult.MOVED
    row.why = why.kept if why else None
    row.save(update_fields=["result", "why", "change", "carried"])


def _finish(move: TerritoryMove, by: User, at: datetime) -> None:
    move.state, move.finished_at = MoveState.DONE, at
    move.save(update_fields=["state", "finished_at"])
    found, link = results(move), f"/territory-moves/{move.pk}/"
    moved, refused = found.get(MoveResult.MOVED, 0), found.get(MoveResult.REFUSED, 0)
    note("done", move, by, at, {"moved": (None, moved), "refused": (None, refused)})
    words = MOVE_DONE(source=move.source, target=move.target, moved=moved, refused=refused)
    tell(users=[by], code="customers.moving.done", at=at, text=words, link=link)
    _greet(move, at)


def _greet(move: TerritoryMove, at: datetime) -> None:
    """Tell everybody who is responsible for somebody new, once, with the number."""
    came = Counter[int]()
    for change in move.customers.filter(result=MoveResult.MOVED).select_related("change").only("change"):
        if (made := change.change) is not None:
            after = {made.doctor_after_id, made.manager_after_id} - {
                made.doctor_before_id,
                made.manager_before_id,
                None,
            }
            came.update(pk for pk in after if pk is not None)
    for person in User.objects.filter(pk__in=came).order_by("pk"):
        words = CAME_TO_YOU(count=came[person.pk], target=move.target)
        tell(users=[person], code="customers.moving.came", at=at, text=words, link="/customers/")
