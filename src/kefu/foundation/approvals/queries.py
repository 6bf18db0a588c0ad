"""Who decides, what waits for whom, and the ladders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db.models import QuerySet

from kefu.foundation.access.queries import access_of, colleagues_with, substitutes_of
from kefu.foundation.approvals.models import ApprovalRequest, Ladder, LadderLevel, persons
from kefu.foundation.approvals.rules import first_above
from kefu.organisation.models import User


def levels_of(ladder: Ladder) -> list[list[str]]:
    """The codes of the roles at each level, the lowest first."""
    return _grouped(ladder.levels.select_related("role"))


def ladder_for(user: User) -> tuple[list[list[str]], int] | None:
    """The first ladder on which somebody stands above the person, and the level that decides."""
    roles = access_of(user).roles
    for ladder in Ladder.objects.prefetch_related("levels__role"):
        levels = _grouped(ladder.levels.all())
        if (start := first_above(levels, roles)) is not None:
            return levels, start
    return None


def _grouped(rows: Iterable[LadderLevel]) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.position, []).append(row.role.code)
    return [found[position] for position in sorted(found)]


def deciders(roles: Sequence[str], request: ApprovalRequest) -> QuerySet[User]:
    """Colleagues who hold one of these roles where the request comes from; not who asks, nor who decided it at a level below."""
    holders = reduce(or_, (colleagues_with(role, request.node_id) for role in roles), User.objects.none())
    before = request.decisions.filter(by__isnull=False).values("by")
    return holders.filter(is_system=False).exclude(pk=request.made_by_id).exclude(pk__in=before)


def those_to_tell(request: ApprovalRequest, most: int) -> list[User]:
    """Who decides now, and who stands in for them; not who asks."""
    found = list(deciders(request.roles, request)[:most])
    substitutes = set(substitutes_of([one.pk for one in found])) - {request.made_by_id}
    return [*found, *User.objects.filter(pk__in=substitutes, is_active=True)[:most]]


def waiting_for(user: User) -> QuerySet[ApprovalRequest]:
    """Requests the person decides now, those that wait longest first."""
    waiting = ApprovalRequest.objects.waiting_for(user)
    return waiting.select_related("made_by", "node").order_by("since", "pk")


def made_by(user: User) -> QuerySet[ApprovalRequest]:
    """The person's own requests, newest first."""
    return ApprovalRequest.objects.filter(made_by=user).select_related("made_by", "node").order_by("-made_at", "-pk")


def decided_by(user: User) -> QuerySet[ApprovalRequest]:
    """The requests the person decided at some level, newest first."""
    found = ApprovalRequest.objects.filter(decisions__by=user).select_related("made_by", "node")
    return found.order_by("-made_at", "-pk")


def level_of(user: User, request: ApprovalRequest) -> int | None:
    """The highest level a request has come to that the person holds where it comes from, or stands in for; None for a stranger to it."""
    first = min([request.position, *request.decisions.values_list("position", flat=True)])
    held = [access_of(person).role_nodes for person in persons(user)]
    reached = range(request.position, first - 1, -1)
    mine = (
        any(request.node_id in nodes.get(role, ()) for nodes in held for role in request.levels[at]) for at in reached
    )
    return next((at for at, holds in zip(reached, mine, strict=True) if holds), None)
