"""What a move of customers would do, did, and what stands in each customer's way (ORG-013)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import MoveResult, Stage
from kefu.customers.models import Customer, MovedCustomer, MovedStaff, Segment, TerritoryMove
from kefu.customers.moving import Fate, Ids, OpenWork, counted, open_works
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.finding import HEAVY
from kefu.customers.queries.listing import CustomerFilter, listed
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.access.rules import need_of
from kefu.organisation.choices import Level
from kefu.organisation.models import Role, User


@dataclass(frozen=True)
class WorkFound:
    """Open work of a kind: how many pieces of how many customers."""

    work: OpenWork
    customers: int
    count: int


@dataclass(frozen=True)
class Outlook:
    """What a move would do to its customers, by number."""

    total: int
    archives: int
    keep_manager: int
    keep_doctor: int
    orphans: int
    works: list[WorkFound]


def chosen(user: User, narrow: CustomerFilter) -> QuerySet[Customer]:
    """The customers of a place whom the person may move."""
    return listed(user, narrow).filter(customer_scope(user, CustomerPermission.TERRITORY_MOVE))


def moves(user: User) -> QuerySet[TerritoryMove]:
    """The moves within the person's reach, with how many customers each has and how many moved."""
    gone = Q(customers__result__in=(MoveResult.MOVED, MoveResult.KEPT))
    found = TerritoryMove.objects.visible_to(user).select_related("source", "target", "made_by")
    return found.annotate(total=Count("customers"), gone=Count("customers", filter=gone))


def moves_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[TerritoryMove]:
    """The moves as their page shows them, the latest first."""
    return moves(user).order_by("-made_at", "-id")


def roles_to_move(move: TerritoryMove) -> QuerySet[MovedStaff]:
    """Roles that have not moved yet."""
    return move.staff.filter(moved_at__isnull=True)


def roles_to_return(move: TerritoryMove) -> QuerySet[MovedStaff]:
    """Roles that moved and have not come back."""
    return move.staff.filter(moved_at__isnull=False, returned_at__isnull=True)


def outlook(move: TerritoryMove, at: datetime) -> Outlook:
    """What the move would do, before it is started: in a constant number of queries."""
    ids = move.customers.filter(result=MoveResult.WAITING).values("customer_id")
    people, there = Customer.objects.filter(pk__in=ids), _there(move)
    archive = Q(archive_opened_at__isnull=False)
    keeps = {role: Q(**{f"{role}__in": there[role]}) for role in there}
    left = Q()
    for role, person in (("health_manager", move.health_manager_id), ("doctor", move.doctor_id)):
        if person is None:
            left |= ~keeps[role] | Q(**{f"{role}__isnull": True})
    counts = people.aggregate(
        total=Count("pk"), archives=Count("pk", filter=archive), keep_manager=Count("pk", filter=keeps["health_manager"]),
        keep_doctor=Count("pk", filter=keeps["doctor"]), orphans=Count("pk", filter=archive & left if left else Q(pk__in=[])),
    )  # fmt: skip
    return Outlook(**counts, works=[found for work in open_works() if (found := _found(work, ids, at)).count])


def _there(move: TerritoryMove) -> dict[str, list[int]]:
    """Who works at the new place by role; those whose roles come along count as there."""
    coming = {(one.user_id, one.role.code) for one in move.staff.select_related("role")}
    return {
        role: [
            *colleagues_with(role, move.target_id).values_list("pk", flat=True),
            *(user for user, code in coming if code == role),
        ]
        for role in ("doctor", "health_manager")
    }


def _found(work: OpenWork, ids: Ids, at: datetime) -> WorkFound:
    per = counted(work, ids, at)
    return WorkFound(work, len(per), sum(per.values()))


def rows(move: TerritoryMove, result: str = "") -> QuerySet[MovedCustomer]:
    """The customers of a move with their places and owners now; order by `customer_id`."""
    found = move.customers.select_related("customer__node", "customer__doctor", "customer__health_manager")
    found = found.defer(*(f"customer__{name}" for name in HEAVY))
    return found.filter(result=result) if result else found


def rows_seen(user: User, move: TerritoryMove, result: str = "") -> QuerySet[MovedCustomer]:
    """The customers of a move whom the person may see where they are now."""
    return rows(move, result).filter(customer_scope(user, CustomerPermission.TERRITORY_MOVE, "customer__"))


def movers(move: TerritoryMove) -> list[User]:
    """Who may move customers between the two places, and so confirm this move."""
    function = need_of(CustomerPermission.TERRITORY_MOVE).function
    roles = Role.objects.filter(cells__function__code=function, cells__level=Level.ACT).values_list("code", flat=True)
    people = {one.pk: one for role in roles for one in colleagues_with(role, move.source_id).filter(is_system=False)}
    return [one for one in people.values() if sees_customers(one, move)]


def open_work_of(ids: Sequence[int], at: datetime) -> dict[int, list[WorkFound]]:
    """What is under way for these customers, what stands in the way first."""
    found: dict[int, list[WorkFound]] = {pk: [] for pk in ids}
    for work in sorted(open_works(), key=lambda one: one.fate is not Fate.HINDERS):
        for pk, count in counted(work, ids, at).items():
            found[pk].append(WorkFound(work, 1, count))
    return found


def results(move: TerritoryMove) -> dict[str, int]:
    """How many customers have which result."""
    counts = move.customers.order_by().values_list("result").annotate(count=Count("pk"))
    return dict(counts)


def sees_customers(user: User, move: TerritoryMove) -> bool:
    """Whether the person may see whom the move is about: not the administrator, who moves only roles."""
    right = CustomerPermission.TERRITORY_MOVE
    return all(allowed(user, right, node_id=node_id) for node_id in (move.source_id, move.target_id))


def chosen_words(move: TerritoryMove) -> list[tuple[object, str]]:
    """What the customers were chosen by, in words."""
    narrow = move.narrow
    people = User.objects.in_bulk([narrow[role] for role in ("health_manager", "doctor") if role in narrow])
    said: list[tuple[object, str]] = []
    if "stage" in narrow:
        said.append((_("阶段"), str(Stage(narrow["stage"]).label)))
    for role, label in (("health_manager", _("健康管理师")), ("doctor", _("功能医生"))):
        if role in narrow:
            said.append((label, people[narrow[role]].name))
    if "segment" in narrow:
        said.append((_("客户群"), Segment.objects.get(pk=narrow["segment"]).name))
    if "pool" in narrow:
        said.append((_("归属"), str(_("未分配"))))
    if "numbers" in narrow:
        said.append((_("健康档案号"), str(_("按名单 %(count)s 个") % {"count": narrow["numbers"]})))
    return said
