"""What a branch needs: par, stock, what is coming and asked for, sales and customers who wait, product by product (STK-012, STK-013)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from kefu.products.models import Product
from kefu.requisitions.choices import ORDERED
from kefu.requisitions.limits import COVER, SALES_WINDOW
from kefu.requisitions.models import ParLevel, RequisitionLine
from kefu.requisitions.rules import Need, proposed
from kefu.stock.choices import MoveKind
from kefu.stock.demand import open_demand
from kefu.stock.models import Balance, Move, Warehouse
from kefu.stock.queries import Amount, amounts

NOTHING = Amount(0, 0, 0)


@dataclass(frozen=True)
class Proposal:
    """A product, what is known of it at a branch, and the packs to ask for. `free_at_source` may be sent from there."""

    product: Product
    need: Need
    packs: int
    free_at_source: int | None = None


def par_now(warehouse: Warehouse, at: datetime) -> QuerySet[ParLevel]:
    """The par levels of a warehouse that count today."""
    today = timezone.localdate(at)
    later = Q(valid_to__isnull=True) | Q(valid_to__gt=today)
    return ParLevel.objects.filter(later, warehouse=warehouse, valid_from__lte=today, packs__gt=0)


def needs_of(warehouse: Warehouse, products: Iterable[Product], at: datetime) -> dict[int, Need]:
    """What is known of these products at a warehouse, by product id, in a constant number of queries."""
    asked = {product.pk: product for product in products}
    par = dict(par_now(warehouse, at).filter(product__in=asked).values_list("product_id", "packs"))
    held, sold = amounts([warehouse], asked.values(), at), _sold(warehouse, at)
    ordered, waiting = _ordered(warehouse), open_demand(warehouse, at)
    needs = {}
    for pk in asked:
        here = held.get((warehouse.pk, pk), NOTHING)
        needs[pk] = Need(par.get(pk), here.free, here.coming, ordered.get(pk, 0), max(0, sold.get(pk, 0)), waiting[pk])
    return needs


def proposals(warehouse: Warehouse, at: datetime, source: Warehouse | None = None) -> list[Proposal]:
    """Every product in use that has a par, was sold, or that customers wait for, with what to ask for; by code."""
    wanted = {*par_now(warehouse, at).values_list("product_id", flat=True), *_sold(warehouse, at)}
    wanted |= set(open_demand(warehouse, at))
    products = list(Product.objects.filter(pk__in=wanted, active=True).order_by("code"))
    return proposals_of(warehouse, products, at, source)


def proposals_of(
    warehouse: Warehouse, products: list[Product], at: datetime, source: Warehouse | None = None
) -> list[Proposal]:
    """The same for these products."""
    needs = needs_of(warehouse, products, at)
    window, cover = (limit.on(at, node_id=warehouse.node_id) for limit in (SALES_WINDOW, COVER))
    there = sendable(source, products, at) if source else {}
    return [
        Proposal(
            one, needs[one.pk], proposed(needs[one.pk], window=window, cover=cover),
            there.get(one.pk, 0) if source else None,
        )
        for one in products
    ]  # fmt: skip


def sendable(source: Warehouse, products: Iterable[Product], at: datetime) -> dict[int, int]:
    """Packs that may leave a warehouse to a branch today, by product id."""
    rows = Balance.objects.filter(warehouse=source, product__in=list(products))
    free = rows.pickable(timezone.localdate(at), to_branch=True).order_by().values_list("product_id")
    return dict(free.annotate(packs=Sum("quantity") - Sum("reserved")))


def shortfalls(warehouse: Warehouse, at: datetime) -> list[tuple[ParLevel, Need]]:
    """The par levels of today with what is known of their products; those that fall short most first."""
    levels = list(par_now(warehouse, at).select_related("product", "warehouse", "by").order_by("product__code"))
    needs = needs_of(warehouse, [one.product for one in levels], at)
    rows = [(one, needs[one.product_id]) for one in levels]
    return sorted(rows, key=lambda row: -row[1].shortfall)


def _sold(warehouse: Warehouse, at: datetime) -> dict[int, int]:
    """Packs that left to customers in the sales window, less what came back, by product id."""
    since = at - timedelta(days=SALES_WINDOW.on(at, node_id=warehouse.node_id))
    mine = Balance.objects.filter(warehouse=warehouse)
    moves = Move.objects.filter(balance__in=mine, kind__in=(MoveKind.ISSUE, MoveKind.RETURN), at__gt=since, at__lte=at)
    sums = moves.order_by().values_list("balance__product_id").annotate(packs=Sum("quantity"))
    return {product: -packs for product, packs in sums if packs < 0}


def _ordered(warehouse: Warehouse) -> dict[int, int]:
    """Packs asked for and not on their way yet, by product id."""
    lines = RequisitionLine.objects.filter(requisition__target=warehouse, requisition__state__in=ORDERED).order_by()
    return dict(lines.values_list("product_id").annotate(packs=Sum(Coalesce("approved", "wanted"))))
