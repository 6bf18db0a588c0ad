"""Who leaves, what they still hold, what waits for an answer, and why people left (ORG-016)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMonth

from kefu.foundation.access.queries import subtree
from kefu.foundation.assignments.choices import AssignmentState
from kefu.foundation.assignments.models import Assignment
from kefu.organisation.models import Node, User
from kefu.people.choices import LeavingReason
from kefu.people.leaving import Held, Holding, holdings
from kefu.people.models import Departure, WorkHandover

SUBJECT = "people.handover"


@dataclass(frozen=True)
class StillHeld:
    """A kind of thing with all that is left of it: how many, what the reader may see, what waits for a colleague's answer."""

    holding: Holding
    ids: Sequence[int]
    shown: Sequence[Held]
    waiting: frozenset[int]
    stuck: frozenset[int]

    @property
    def count(self) -> int:
        """How many are left."""
        return len(self.ids)

    @property
    def unseen(self) -> int:
        """How many of them the reader may not see, or that the page has no room for."""
        return len(self.ids) - len(self.shown)


def held_ids(user: User, last_day: date, at: datetime) -> dict[str, list[int]]:
    """Code of the kind to the ids that somebody holds beyond a day, kinds without any left out."""
    found = {one.code: one.ids(user, last_day, at) for one in holdings()}
    return {code: ids for code, ids in found.items() if ids}


def held_count(user: User, last_day: date, at: datetime) -> int:
    """How many things somebody holds beyond a day."""
    return sum(len(ids) for ids in held_ids(user, last_day, at).values())


def still_held(departure: Departure, reader: User, at: datetime) -> list[StillHeld]:
    """What is still held, in the order of the page."""
    ids, waiting = held_ids(departure.user, departure.last_day, at), waiting_ids(departure)
    stuck: dict[str, set[int]] = {}
    for code, left in departure.handovers.filter(done_at__isnull=False).values_list("code", "left"):
        stuck.setdefault(code, set()).update(left)
    return [
        StillHeld(
            one, ids[one.code], one.show(reader, ids[one.code]), frozenset(waiting.get(one.code, ())),
            frozenset(stuck.get(one.code, ())),
        )
        for one in holdings()
        if one.code in ids
    ]  # fmt: skip


def waiting_ids(departure: Departure) -> dict[str, set[int]]:
    """Code of the kind to the ids that a colleague has been asked to take and has not answered for."""
    found: dict[str, set[int]] = {}
    for handover in offered(departure):
        found.setdefault(handover.code, set()).update(handover.ids)
    return found


def offered(departure: Departure) -> QuerySet[WorkHandover]:
    """Hand-overs that wait for an answer."""
    asked = Assignment.objects.filter(subject_kind=SUBJECT, subject_id=OuterRef("pk"), state=AssignmentState.OFFERED)
    return WorkHandover.objects.filter(Exists(asked), departure=departure).select_related("taker")


def open_offers_of(departure: Departure) -> QuerySet[Assignment]:
    """What colleagues have been asked to take and have not answered for."""
    asked = departure.handovers.filter(done_at__isnull=True).values("pk")
    waiting = Assignment.objects.filter(subject_kind=SUBJECT, subject_id__in=asked, state=AssignmentState.OFFERED)
    return waiting.order_by("pk")


def departures(reader: User, *, running: bool = True) -> QuerySet[Departure]:
    """Departures the reader may see, the latest last day first."""
    found = Departure.objects.visible_to(reader).select_related("user", "node", "waived_by")
    if running:
        return found.running().order_by("last_day", "pk")
    return found.exclude(pk__in=Departure.objects.running().values("pk")).order_by("-last_day", "-pk")


def departures_listed(reader: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Departure]:
    """The departures as their page shows them: those under way, or the others (`done`)."""
    return departures(reader, running=not asked.get("done"))


def leaving_now(user: User) -> Departure | None:
    """The departure of a person that still runs."""
    return Departure.objects.running().filter(user=user).select_related("user", "node").first()


@dataclass(frozen=True)
class LeavingCounts:
    """How many left, by reason, month and place."""

    total: int
    reasons: list[tuple[str, int]]
    months: list[tuple[date, int]]
    nodes: list[tuple[Node, int]]


def leaving_counts(reader: User, first: date, last: date, node: Node | None = None) -> LeavingCounts:
    """Those whose last day lies in a period, both days included, at a place and below; taken back ones left out."""
    found = Departure.objects.visible_to(reader).filter(cancelled_at__isnull=True, last_day__range=(first, last))
    if node is not None:
        found = found.filter(node__in=subtree(node.pk))
    by_reason = found.order_by().values_list("reason").annotate(many=Count("pk")).order_by("-many", "reason")
    by_month = found.annotate(month=TruncMonth("last_day")).order_by().values_list("month").annotate(many=Count("pk"))
    by_node = list(found.order_by().values_list("node").annotate(many=Count("pk")).order_by("-many", "node__code"))
    places = Node.objects.in_bulk([pk for pk, _many in by_node])
    return LeavingCounts(
        found.count(),
        [(str(LeavingReason(code).label), many) for code, many in by_reason],
        list(by_month.order_by("month")),
        [(places[pk], many) for pk, many in by_node],
    )
