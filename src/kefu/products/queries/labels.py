"""The daily look at labels: what is to be looked at today, who did, what is missing (PRD-013)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from kefu.foundation.access.queries import scope
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Node, User
from kefu.products.models import Category, LabelCheck, MissingLabel
from kefu.products.permissions import ProductsPermission
from kefu.products.queries.catalogue import sellable_products

WITH_SHELVES = (NodeKind.CENTRE, NodeKind.OFFICE, NodeKind.FRANCHISE)


@dataclass(frozen=True)
class Portion:
    """A category on the shelves of a centre, how many products it has, and who looked through it on the day, if anybody did."""

    category: Category
    products: int
    check: LabelCheck | None


def shelves(user: User) -> QuerySet[Node]:
    """The open places with shelves whose labels the person may see."""
    rows = Node.objects.filter(scope(user, ProductsPermission.LABELS_VIEW, node="pk"))
    return rows.filter(kind__in=WITH_SHELVES, closed_on__isnull=True).order_by("code")


def portions(node: Node, day: date) -> list[Portion]:
    """The list of a day: every category with products on sale, in the order of the shelves. Two queries."""
    checks = {one.category_id: one for one in LabelCheck.objects.filter(node=node, day=day).select_related("by")}
    sold = Q(products__in=sellable_products().values("pk"))
    categories = Category.objects.annotate(sold=Count("products", filter=sold)).filter(sold__gt=0)
    return [Portion(one, one.sold, checks.get(one.pk)) for one in categories.order_by("position", "code")]


def checks_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[LabelCheck]:
    """Checks within reach, newest first, of one place (`node`)."""
    rows = (
        LabelCheck.objects.visible_to(user).select_related("node", "category", "by").annotate(lacking=Count("missing"))
    )
    return (rows.filter(node__code=asked["node"]) if asked.get("node") else rows).order_by("-id")


def missing_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[MissingLabel]:
    """Labels that are missing within reach, newest first, of one place (`node`); with `show=all` those put back, too."""
    rows = MissingLabel.objects.visible_to(user).select_related("node", "product", "found_in__by", "put_by")
    if asked.get("show") != "all":
        rows = rows.filter(put_at__isnull=True)
    return (rows.filter(node__code=asked["node"]) if asked.get("node") else rows).order_by("-id")
