"""The board: for each node the journeys whose promise breaks first, and capped counts, in a constant number of queries (JRN-002).

Counts stop at CAP: an exact count costs more with every customer, and "99+" says as much to somebody who plans a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Q, QuerySet

from kefu.journey.choices import JourneyState
from kefu.journey.models import Journey, JourneyTemplate, NodeTemplate, Phase
from kefu.journey.queries.turns import my_turn
from kefu.organisation.models import User

CAP = 100
CARDS = 5


@dataclass(frozen=True)
class BoardFilter:
    """What the board is narrowed to."""

    mine: bool = False
    overdue: bool = False
    owner_id: int | None = None  # the customer's doctor or health manager

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> BoardFilter:
        """What an address asks for: whose turn it is or what is late (`show`), whose customers (`owner`)."""
        show, owner = asked.get("show", ""), asked.get("owner", "")
        known = int(owner) if owner.isdecimal() and len(owner) < 19 else None
        return cls(mine=show == "mine", overdue=show == "late", owner_id=known)


@dataclass
class Group:
    """The journeys that wait at one node: at most CARDS cards, and how many there are (CAP means at least that many)."""

    node: NodeTemplate
    count: int = 0
    late: int = 0
    cards: list[Journey] = field(default_factory=list)

    @property
    def more(self) -> str:
        """How many are not shown, as words; empty when all are."""
        hidden = self.count - len(self.cards)
        return "" if hidden <= 0 else (f"{CAP - 1 - len(self.cards)}+" if self.count >= CAP else str(hidden))


@dataclass
class Column:
    """One phase of the journey with its nodes."""

    phase: Phase
    groups: list[Group] = field(default_factory=list)

    @property
    def count(self) -> str:
        return capped(sum(group.count for group in self.groups), any(group.count >= CAP for group in self.groups))

    @property
    def late(self) -> str:
        late = sum(group.late for group in self.groups)
        return capped(late, any(group.late >= CAP for group in self.groups)) if late else ""


def capped(count: int, over: bool) -> str:
    """A count, or `99+` once it is no longer exact."""
    return f"{CAP - 1}+" if over else str(count)


def board(template: JourneyTemplate, user: User, at: datetime, narrow: BoardFilter) -> list[Column]:
    """The columns of a journey's board as the user may see them: nodes, positions, cards."""
    nodes = list(template.nodes.filter(retired=False).select_related("phase").order_by("order"))
    groups = {node.pk: Group(node) for node in nodes}
    shown: list[int] = []
    for pk, node_id, due_at in _positions(nodes, user, at, narrow):
        group = groups[node_id]
        group.count += 1
        group.late += due_at is not None and due_at < at
        if group.count <= CARDS:
            shown.append(pk)
    cards = Journey.objects.filter(pk__in=shown).select_related("customer__doctor", "customer__health_manager", "node")
    for journey in sorted(cards, key=lambda card: (card.due_at is None, card.due_at or at, card.pk)):
        if journey.node_id is not None:
            groups[journey.node_id].cards.append(journey)
    columns: dict[int, Column] = {}
    for node in nodes:
        columns.setdefault(node.phase_id, Column(node.phase)).groups.append(groups[node.pk])
    return sorted(columns.values(), key=lambda column: column.phase.order)


def _positions(
    nodes: list[NodeTemplate], user: User, at: datetime, narrow: BoardFilter
) -> list[tuple[int, int, datetime | None]]:
    """Up to CAP journeys per node by due date: one statement, each leg walking its own stretch of the index."""
    legs = [
        narrowed(Journey.objects.visible_to(user).filter(state=JourneyState.OPEN, node=node), user, at, narrow)
        .order_by("due_at", "pk").values_list("pk", "node_id", "due_at")[:CAP]
        for node in nodes
    ]  # fmt: skip
    if not legs:
        return []
    rows = list(legs[0].union(*legs[1:], all=True)) if len(legs) > 1 else list(legs[0])
    return sorted(rows, key=lambda row: (row[1], row[2] is None, row[2] or at, row[0]))


def narrowed(journeys: QuerySet[Journey], user: User, at: datetime, narrow: BoardFilter) -> QuerySet[Journey]:
    """The journeys left by a filter."""
    if narrow.overdue:
        journeys = journeys.filter(due_at__lt=at)
    if narrow.owner_id:
        owner = narrow.owner_id
        journeys = journeys.filter(Q(customer__doctor_id=owner) | Q(customer__health_manager_id=owner))
    if narrow.mine:
        journeys = journeys.filter(my_turn(user))
    return journeys


def journeys_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Journey]:
    """The open journeys within scope as the board is narrowed, or those that wait at one node (`node`), the earliest promise first."""
    found = narrowed(Journey.objects.visible_to(user).filter(state=JourneyState.OPEN), user, at, BoardFilter.of(asked))
    if code := asked.get("node", ""):
        found = found.filter(node__code=code)
    people = ("customer__node", "customer__doctor", "customer__health_manager", "node")
    return found.select_related(*people).order_by(F("due_at").asc(nulls_last=True), "id")
