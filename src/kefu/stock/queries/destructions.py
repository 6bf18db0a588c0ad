"""What has to be destroyed, what was asked for, and whose hand comes next (STK-011)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from kefu.foundation.access.queries import colleagues_with, scope
from kefu.organisation.models import User
from kefu.stock.choices import (
    DESTRUCTION_DECIDING,
    DestructionCause,
    DestructionState,
    HeldDecision,
    MoveKind,
    Quality,
    ReservationState,
)
from kefu.stock.models import Balance, Destruction, DestructionStep, HeldLot, Move, Reservation, Warehouse
from kefu.stock.permissions import StockPermission

DESTRUCTION = "stock.destruction"
PRESENT = (
    "branch_keeper",
    "central_keeper",
    "centre_director",
    "office_director",
    "product_manager",
    "finance",
    "leadership",
)
"""The roles whose holders may stand by when goods are destroyed."""


def to_destroy(at: datetime) -> QuerySet[Any]:
    """Balances with goods that must not be used any more: with `cause`, and `loose`, the packs nobody asked about yet.

    Recalled, past their last good day, found bad in a stocktake, damaged, or sent to destruction after a breach of the climate. Packs of
    a breach that nobody decided about are left out.
    """
    held = HeldLot.objects.filter(balance=OuterRef("pk")).order_by()
    waiting = held.filter(decision="").values("balance").annotate(all=Sum("packs")).values("all")
    counted = Move.objects.filter(
        balance=OuterRef("pk"), kind=MoveKind.QUALITY, subject_kind="stock.stocktake", quantity__gt=0
    )
    damaged = Q(quality=Quality.DAMAGED)
    climate = Q(quality=Quality.BLOCKED) & Exists(held.filter(decision=HeldDecision.DESTROY))
    cause = Case(
        When(lot__recalled=True, then=Value(DestructionCause.RECALLED)),
        When(lot__expiry__lt=timezone.localdate(at), then=Value(DestructionCause.EXPIRED)),
        When(damaged & Exists(counted), then=Value(DestructionCause.STOCKTAKE)),
        When(damaged, then=Value(DestructionCause.DAMAGED)),
        When(climate, then=Value(DestructionCause.CLIMATE)),
        output_field=CharField(),
    )
    loose = F("quantity") - F("reserved") - Coalesce(Subquery(waiting), 0)
    return Balance.objects.lying().annotate(cause=cause, loose=loose).filter(cause__isnull=False, loose__gt=0)


def candidates_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Any]:
    """What has to be destroyed in the warehouses within reach (`warehouse`, a code, narrows it); `may_ask` says of which one may ask it."""
    node = "warehouse__node_id"
    own = scope(user, StockPermission.DESTRUCTION_REQUEST, node=node)
    may_ask = Case(When(own, then=True), default=False) if own else Value(True)
    seen = scope(user, StockPermission.DESTRUCTION_VIEW, node=node)
    rows: QuerySet[Any] = to_destroy(at).filter(seen).annotate(may_ask=may_ask)
    if code := asked.get("warehouse", ""):
        rows = rows.filter(warehouse__code=code)
    return rows.select_related("warehouse", "zone", "lot", "product").order_by("id")


def destructions_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Destruction]:
    """The requests within reach (`state` narrows them), newest first."""
    rows = Destruction.objects.visible_to(user).with_state()
    if (state := asked.get("state", "")) in DestructionState.values:
        rows = rows.filter(Q(state=state))
    return rows.select_related("warehouse__node", "held__lot", "held__zone", "held__product", "by").order_by("-id")


def still_held(destruction: Destruction) -> int:
    """Packs that are set aside for a request now: fewer than asked for where a count found fewer."""
    rows = Reservation.objects.filter(
        subject_kind=DESTRUCTION, subject_id=destruction.pk, state=ReservationState.OPEN
    ).order_by()
    packs: int = rows.aggregate(all=Sum("packs", default=0))["all"]
    return packs


def destroyed_reservations() -> QuerySet[Reservation]:
    """What is set aside for requests whose goods were destroyed and are not written off yet: it stands in the book and lies nowhere."""
    destroyed = DestructionStep.objects.filter(destruction=OuterRef("subject_id"), kind=DestructionState.DESTROYED)
    return Reservation.objects.filter(Exists(destroyed), subject_kind=DESTRUCTION, state=ReservationState.OPEN)


def destroyed_packs(balances: Iterable[int]) -> Counter[int]:
    """Packs by balance id that were destroyed and are not written off yet: a count of the shelf is held against the book without them."""
    rows = destroyed_reservations().filter(balance__in=list(balances)).order_by()
    return Counter(dict(rows.values_list("balance").annotate(Sum("packs"))))


def witnesses(warehouse: Warehouse) -> QuerySet[User]:
    """Colleagues who may stand by when goods of a warehouse are destroyed."""
    found = User.objects.none()
    for role in PRESENT:
        found |= colleagues_with(role, warehouse.node_id)
    return found.filter(is_system=False).order_by("job_number")


def next_hands(user: User) -> Mapping[DestructionState, Q]:
    """By where a request is, the condition under which the next step is this person's to take."""
    node = "warehouse__node_id"
    had_a_hand = Exists(
        DestructionStep.objects.filter(destruction=OuterRef("pk"), by=user, kind__in=DESTRUCTION_DECIDING)
    )
    verifying, approving, doing = (
        scope(user, right, node=node)
        for right in (
            StockPermission.DESTRUCTION_VERIFY,
            StockPermission.DESTRUCTION_APPROVE,
            StockPermission.DESTRUCTION_REQUEST,
        )
    )
    return {
        DestructionState.REQUESTED: verifying & Q(~had_a_hand),
        DestructionState.VERIFIED: approving & Q(~had_a_hand),
        DestructionState.APPROVED: doing,
        DestructionState.TO_MAKER: doing,
        DestructionState.DESTROYED: doing,
    }


def destructions_owed(user: User) -> QuerySet[Destruction]:
    """The requests that wait for this person: to verify or approve; the keeper's and one's own to carry out and file."""
    mine = Q(pk__in=[])
    for state, condition in next_hands(user).items():
        own = state not in (DestructionState.REQUESTED, DestructionState.VERIFIED)
        mine |= Q(state=state) & condition & ((Q(warehouse__keeper=user) | Q(by=user)) if own else Q())
    rows = Destruction.objects.visible_to(user).with_state().filter(mine)
    return rows.select_related("warehouse", "held__lot", "held__product").order_by("pk")


def waits_for(destruction: Destruction, user: User) -> bool:
    """Whether the next step of a request is this person's to take."""
    condition = next_hands(user).get(DestructionState(destruction.state))
    return condition is not None and Destruction.objects.filter(condition, pk=destruction.pk).exists()
