"""Who may be one person, what a merge would do, what it did, and what stands in the way of either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import ContactKind
from kefu.customers.merging import Handling, Obstacle, both_have, handlers, obstacles
from kefu.customers.models import ContactPoint, Customer, LikePair, Merge, MergeMove, TimelineLine
from kefu.customers.queries.finding import HEAVY
from kefu.kernel import phones
from kefu.organisation.models import User

PEOPLE = ("node", "doctor", "health_manager", "source")


@dataclass(frozen=True)
class Counted:
    """How many rows of a kind."""

    label: object
    count: int


def survivor_of(customer_id: int) -> int | None:
    """Of which customer this one is a part by now; None for one who stands alone."""
    return Customer.objects.filter(pk=customer_id).values_list("merged_into", flat=True).first()


def aliases_of(customer: Customer) -> list[int]:
    """The customer's id and those of everybody who became part of this customer: under all of them the trail was written (SEC-003)."""
    return [customer.pk, *customer.aliases.values_list("pk", flat=True)]


def ids_under(customer_id: int) -> list[int]:
    """The ids of everybody who became part of the customer with this id, or of the one this id leads to, and that one's."""
    standing_id = survivor_of(customer_id) or customer_id
    found = Customer.objects.filter(Q(pk=standing_id) | Q(merged_into=standing_id))
    return list(found.values_list("pk", flat=True))


def in_the_way(survivor_id: int, merged_id: int) -> list[Obstacle]:
    """What has to be settled before these two become one."""
    refusing = [Obstacle(_("两位都有：%s") % one.label) for one in both_have(survivor_id, merged_id)]
    return [*refusing, *obstacles(survivor_id, merged_id)]


def would_move(merged_id: int) -> list[Counted]:
    """How many rows of each kind come to the surviving customer."""
    moving = [one for one in handlers().values() if one.label and one.handling is not Handling.KEEP]
    counted = Counter[str]()
    for one in moving:
        counted[str(one.label)] += one.rows_of(merged_id).count()
    return [Counted(label, count) for label, count in counted.items() if count]


def moved(merge: Merge) -> list[Counted]:
    """How many rows of each kind a merge brought over."""
    labels = {(one.model, _column(one.model, one.field)): one.label for one in handlers().values() if one.label}
    counted = Counter[str]()
    for move in merge.moves.all():
        for column in move.after:
            if label := labels.get((move.model, column)):
                counted[str(label)] += len(move.rows)
    return [Counted(label, count) for label, count in counted.items()]


def _column(model: str, field: str) -> str:
    return str(apps.get_model(model)._meta.get_field(field).attname)


def facts_since(merge: Merge) -> int:
    """How many facts came to the surviving customer after the merge: they stay there when it is undone."""
    return TimelineLine.objects.filter(customer_id=merge.survivor_id, at__gt=merge.at).count()


def hinders_undoing(merge: Merge) -> list[Obstacle]:
    """What makes it impossible to undo a merge."""
    onward = Merge.objects.filter(merged_id=merge.survivor_id, undone_at__isnull=True).first()
    if onward is not None:
        return [Obstacle(_("这位客户后来又并入了另一份档案，请先撤销那一次合并"))]
    later = Merge.objects.filter(survivor_id=merge.survivor_id, undone_at__isnull=True, pk__gt=merge.pk)
    if later.exists():
        return [Obstacle(_("之后又有档案并入这位客户，请先撤销最近的一次合并"))]
    found = [Obstacle(_("号码 %s 现在属于另一位客户") % phones.mask(value)) for value in _numbers_lost(merge)]
    for move in merge.moves.all():
        if count := changed_since(move).count():
            found.append(Obstacle(_("合并后又改过：%(label)s %(count)s 条") % {"label": _label(move), "count": count}))
    return found


def _label(move: MergeMove) -> object:
    return next((one.label for one in handlers().values() if one.model == move.model and one.label), move.model)


def changed_since(move: MergeMove) -> QuerySet[Model]:
    """Rows of a move that stand neither as it left them nor as it found them."""
    rows: QuerySet[Model] = apps.get_model(move.model)._base_manager.filter(pk__in=move.rows)
    return rows.exclude(**move.after).exclude(**move.before)


def _numbers_lost(merge: Merge) -> list[str]:
    """Numbers that one of the two owned before the merge and a third person owns now."""
    owning = [pk for move in merge.moves.filter(model="customers.ContactPoint", before__owns=True) for pk in move.rows]
    values = ContactPoint.objects.filter(pk__in=owning, kind=ContactKind.PHONE).values("value")
    others = ContactPoint.objects.filter(kind=ContactKind.PHONE, value__in=values, active=True, owns=True)
    return list(others.exclude(customer__in=[merge.survivor_id, merge.merged_id]).values_list("value", flat=True))


def merges_of(customer: Customer) -> QuerySet[Merge]:
    """The merges into a customer, also those undone, the latest first."""
    return Merge.objects.filter(survivor=customer).select_related("merged", "by", "undone_by")


def merge_seen(user: User, pk: int) -> Merge | None:
    """A merge with both customers, if the person may merge there."""
    sides = [f"{side}__{name}" for side in ("survivor", "merged") for name in PEOPLE]
    found = Merge.objects.visible_to(user).select_related("by", "undone_by", *sides)
    return (
        found.defer(*(f"{side}__{name}" for side in ("survivor", "merged") for name in HEAVY[:3])).filter(pk=pk).first()
    )


def like_pairs(user: User) -> QuerySet[LikePair]:
    """Pairs within the person's scope that nobody has dismissed, the strongest reason first; order and page by `-why, -id`."""
    people = [f"{side}__{name}" for side in ("first", "second") for name in ("node", "doctor", "health_manager")]
    open_pairs = LikePair.objects.visible_to(user).filter(dismissed_at__isnull=True)
    return open_pairs.select_related(*people).defer(
        *(f"{side}__{name}" for side in ("first", "second") for name in HEAVY)
    )


def pairs_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[LikePair]:
    """The pairs as their page shows them."""
    return like_pairs(user).order_by("-why", "-id")


def alike(user: User, customer: Customer) -> list[Customer]:
    """Everybody within the person's scope who may be the same as this customer."""
    pairs = like_pairs(user).filter(Q(first=customer) | Q(second=customer))
    return [pair.second if pair.first_id == customer.pk else pair.first for pair in pairs]
