"""Recalled lots: where they lie, who got of them, who still has to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from kefu.customers.models import Customer
from kefu.foundation.access.queries import scope
from kefu.kernel.ids import parse_number
from kefu.organisation.models import User
from kefu.stock.models import Balance, IssueLine, Recall, RecallTold, Warehouse
from kefu.stock.permissions import StockPermission


@dataclass(frozen=True)
class ToTell:
    """A customer who has goods of a recalled lot and was not told yet."""

    customer_id: int
    customer_name: str
    lot: str
    recall_id: int
    since: datetime


def recalls_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[Recall]:
    """The recalls within reach, newest first."""
    return Recall.objects.visible_to(user).select_related("lot__product", "by", "lifted_by").order_by("-id")


def lying_of(recall: Recall, user: User) -> QuerySet[Balance]:
    """Where goods of a recalled lot lie, in the warehouses a person sees."""
    mine = Warehouse.objects.visible_to(user)
    rows = Balance.objects.filter(lot=recall.lot_id, quantity__gt=0, warehouse__in=mine)
    return rows.select_related("warehouse", "zone", "product").order_by("warehouse__code", "zone__code", "pk")


def recipients_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[IssueLine]:
    """What left of a recalled lot (`recall`), newest first: to keepers all of their warehouses, to others their own customers'."""
    number = parse_number(asked.get("recall"))
    recall = Recall.objects.visible_to(user).filter(pk=number).first() if number else None
    if recall is None:
        return IssueLine.objects.none()
    central = Q(central=True) & scope(user, StockPermission.CENTRAL_KEEP)
    kept = Warehouse.objects.filter(central | Q(central=False) & scope(user, StockPermission.BRANCH_KEEP))
    seen = Q(slip__warehouse__in=kept) | Q(slip__customer__in=Customer.objects.visible_to(user))
    told = RecallTold.objects.filter(recall=recall, customer=OuterRef("slip__customer")).order_by("pk")
    rows = IssueLine.objects.filter(seen, lot=recall.lot_id).select_related(
        "slip__customer__health_manager", "slip__warehouse"
    )
    return rows.annotate(told_at=Subquery(told.values("at")[:1]), told_note=Subquery(told.values("note")[:1])).order_by(
        "-id"
    )


def still_with(recall: Recall) -> QuerySet[IssueLine]:
    """What left of a recalled lot to customers and has not all come back."""
    return IssueLine.objects.filter(lot=recall.lot_id, slip__customer__isnull=False, packs__gt=F("returned"))


def colleagues_to_tell(recall: Recall) -> QuerySet[User]:
    """The keepers of where a lot lies and the health managers of the customers who have of it."""
    keepers = Balance.objects.filter(lot=recall.lot_id, quantity__gt=0).values("warehouse__keeper")
    managers = still_with(recall).values("slip__customer__health_manager")
    return User.objects.filter(Q(pk__in=keepers) | Q(pk__in=managers), is_active=True)


def customers_to_tell(user: User, most: int) -> list[ToTell]:
    """Of the open recalls, the user's own customers who have of the lot and were not told yet; one row of each customer and lot."""
    told = RecallTold.objects.filter(
        recall__lot=OuterRef("lot"), recall__lifted_at=None, customer=OuterRef("slip__customer")
    )
    lines = IssueLine.objects.filter(
        ~Exists(told), lot__recalled=True, slip__customer__health_manager=user, packs__gt=F("returned")
    )
    recall = Recall.objects.filter(lot=OuterRef("lot"), lifted_at=None)
    named = lines.annotate(recall=Subquery(recall.values("pk")[:1]), since=Subquery(recall.values("at")[:1]))
    once = named.order_by("slip__customer_id", "lot_id", "pk").distinct("slip__customer_id", "lot_id")
    columns = ("slip__customer_id", "slip__customer__name", "lot__code", "recall", "since")
    return [ToTell(*row) for row in once.values_list(*columns)[:most]]
