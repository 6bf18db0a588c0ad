"""What a product costs on a day at a place: the one answer for pages, purchases, lists and the API (PRD-014)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from kefu.organisation.models import Node, User
from kefu.products import rules
from kefu.products.models import PriceChange, PricePeriod, Product


def price_on(product: Product, node_id: int | None, on: date) -> Decimal | None:
    """The price in yuan of one product, as `prices_on`; None for goods that are not sold."""
    return prices_on([product], node_id, on)[product.pk]


def prices_on(products: Iterable[Product], node_id: int | None, on: date) -> dict[int, Decimal | None]:
    """The price in yuan of each product on a day at a place, by id (PRD-001, PRD-014).

    A promotion goes before a list price, the nearer place before the farther; where none holds, the product's own price of that day.
    Without a place only what holds everywhere counts. Three queries, however many products.
    """
    wanted = {product.pk: product for product in products}
    path = path_of(node_id)
    periods: dict[int, list[PricePeriod]] = {}
    rows = PricePeriod.objects.filter(product__in=wanted, called_off=False, days__contains=on)
    for period in rows.filter(Q(node__isnull=True) | Q(node__in=path)):
        periods.setdefault(period.product_id, []).append(period)
    own = _own_prices(wanted, on)
    return {
        pk: held.price if (held := rules.holding(periods.get(pk, ()), path)) is not None else own[pk] for pk in wanted
    }


def _own_prices(products: Mapping[int, Product], on: date) -> dict[int, Decimal | None]:
    """The products' own prices at the end of a day: what the first change after it found."""
    after = timezone.make_aware(datetime.combine(on + timedelta(days=1), time()))
    later = PriceChange.objects.filter(product__in=products, at__gte=after).order_by("product", "at", "id")
    found = dict(later.distinct("product").values_list("product", "before"))
    return {pk: found.get(pk, product.price) for pk, product in products.items()}


def path_of(node_id: int | None) -> list[int]:
    """The place and what stands above it, nearest first; empty for no place."""
    if node_id is None:
        return []
    parents, path = dict(Node.objects.values_list("pk", "parent_id")), [node_id]
    while (above := parents.get(path[-1])) is not None:
        path.append(above)
    return path


def periods_listed(_user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[PricePeriod]:
    """Prices that hold for a time, newest first: all, or those that hold or are to come (`show=current`), of one product (`product`)."""
    rows = PricePeriod.objects.select_related("product", "node", "promotion", "by", "ended_by")
    if code := asked.get("product", ""):
        rows = rows.filter(product__code=code)
    if asked.get("show") == "current":
        today = timezone.localdate(at)
        rows = rows.filter(Q(days__contains=today) | Q(days__startswith__gt=today), called_off=False)
    return rows.order_by("-id")


def clash(period: PricePeriod) -> PricePeriod | None:
    """A price of the same product, place and kind that shares a day with this one."""
    rows = PricePeriod.objects.filter(product=period.product, kind=period.kind, called_off=False).select_related(
        "product"
    )
    same = rows.filter(node=period.node) if period.node_id else rows.filter(node__isnull=True)
    return same.filter(days__overlap=period.days).exclude(pk=period.pk).first()
