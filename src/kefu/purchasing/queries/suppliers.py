"""Suppliers, what they sell, and at which price on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from kefu.organisation.models import User
from kefu.people.choices import Part
from kefu.people.models import Institution
from kefu.purchasing.models import PurchasePrice, Supplier, Supply


@dataclass(frozen=True)
class Offer:
    """A product as a supplier sells it today; without a price it cannot be asked for."""

    supply: Supply
    price: Decimal | None


def suppliers_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[Supplier]:
    """The suppliers within reach by the code of the manufacturer, with how many products they sell (`products`)."""
    selling = Count("supplies", filter=Q(supplies__active=True))
    return Supplier.objects.visible_to(user).select_related("institution").annotate(products=selling).order_by("pk")


def supplies_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Supply]:
    """What the suppliers within reach sell, of one supplier (`supplier`), with the price of today (`price_now`)."""
    rows = priced(timezone.localdate(at)).filter(supplier__in=Supplier.objects.visible_to(user))
    if code := asked.get("supplier", ""):
        rows = rows.filter(supplier__institution__code=code)
    return rows.select_related("supplier__institution", "product").order_by("pk")


def priced(day: date) -> QuerySet[Supply]:
    """Supplies with their price on a day (`price_now`): the latest that has begun and has not ended."""
    return Supply.objects.annotate(price_now=Subquery(_holding(day).values("price")[:1]))  # type: ignore[no-redef]


def askable(user: User, day: date) -> QuerySet[Supply]:
    """What may be asked for on a day: products in use of suppliers in use and within reach that have a price, by code."""
    mine = Supplier.objects.visible_to(user).filter(active=True)
    rows = priced(day).filter(Exists(_holding(day)), active=True, supplier__in=mine)
    return rows.select_related("product", "supplier__institution").order_by("product__code", "pk")


def _holding(day: date) -> QuerySet[PurchasePrice]:
    begun = PurchasePrice.objects.filter(supply=OuterRef("pk"), valid_from__lte=day).order_by("-valid_from")
    return begun.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def best_offers(product_ids: Iterable[int], day: date) -> dict[int, Offer]:
    """For each product the cheapest supplier in use on a day; one without a price only where nobody has one."""
    rows = priced(day).filter(product__in=list(product_ids), active=True, supplier__active=True)
    found: dict[int, Offer] = {}
    for supply in rows.select_related("supplier__institution").order_by(F("price_now").asc(nulls_last=True), "pk"):
        found.setdefault(supply.product_id, Offer(supply, supply.price_now))
    return found


def with_prices(supplies: QuerySet[Supply]) -> Sequence[Supply]:
    """Supplies with all their prices, the latest first."""
    return list(supplies.prefetch_related(Prefetch("prices", PurchasePrice.objects.order_by("-valid_from"))))


def manufacturers() -> QuerySet[Institution]:
    """Manufacturers of the register we do not order from yet."""
    makers = Institution.objects.filter(roles__part=Part.MANUFACTURER, roles__valid_to__isnull=True)
    return makers.filter(closed_on__isnull=True, supplier__isnull=True).order_by("code")
