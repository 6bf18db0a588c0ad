"""Deliveries, what the two counted, and what of an order is still owed (STK-003)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Prefetch, QuerySet, Sum

from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.purchasing.choices import DeliveryState, Side
from kefu.purchasing.models import Count, CountLine, Delivery, PurchaseOrder
from kefu.purchasing.queries.suppliers import priced
from kefu.purchasing.rules import Difference, Figure, differences, too_many


def deliveries_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Delivery]:
    """The deliveries within reach, newest first, of one state (`state`)."""
    rows = Delivery.objects.visible_to(user)
    if asked.get("state") in DeliveryState.values:
        rows = rows.filter(state=asked["state"])
    named = rows.select_related("order", "supplier__institution", "warehouse", "by", "acceptance__receipt")
    return named.select_related("acceptance__keeper_by", "acceptance__product_by").order_by("-id")


def latest_counts(delivery: Delivery) -> dict[str, Count]:
    """What each side counted last, with its lines."""
    rows = Count.objects.filter(delivery=delivery).select_related("by").order_by("side", "-pk").distinct("side")
    lines = CountLine.objects.select_related("product").order_by("pk")
    return {row.side: row for row in rows.prefetch_related(Prefetch("lines", lines))}


def figures_of(count: Count) -> list[Figure]:
    """The figures of a count that was read with its lines."""
    return [Figure(one.product_id, one.lot, one.expiry, one.packs, one.damaged) for one in count.lines.all()]


def differing(counts: Mapping[str, Count]) -> list[Difference]:
    """Where the two differ; empty while one is missing, so that nobody sees the other's figures before counting."""
    if len(counts) < len(Side):
        return []
    return differences(figures_of(counts[Side.KEEPER]), figures_of(counts[Side.PRODUCT]))


def ordered_of(order: PurchaseOrder) -> dict[int, int]:
    """By product, the packs ordered."""
    rows = order.lines.order_by().values_list("supply__product").annotate(packs=Sum("packs"))
    return dict(rows)


def received_of(order: PurchaseOrder) -> dict[int, int]:
    """By product, the packs that came and were accepted, damaged ones included."""
    came = CountLine.objects.filter(count__acceptance_of__delivery__order=order).order_by()
    return dict(came.values_list("product").annotate(packs=Sum(F("packs") + F("damaged"))))


def outstanding(order: PurchaseOrder) -> dict[int, int]:
    """By product, the packs still owed; below zero where more was let in."""
    came = received_of(order)
    return {product: packs - came.get(product, 0) for product, packs in ordered_of(order).items()}


def beyond(delivery: Delivery, count: Count) -> dict[Product, int]:
    """What a count has beyond the order and what was allowed, by product. Without an order nothing is too many."""
    if delivery.order is None:
        return {}
    counted: dict[int, int] = {}
    products: dict[int, Product] = {}
    for line in count.lines.all():
        counted[line.product_id] = counted.get(line.product_id, 0) + line.packs + line.damaged
        products[line.product_id] = line.product
    allowed = dict(delivery.allowances.values_list("product", "packs"))
    over = too_many(counted, ordered_of(delivery.order), received_of(delivery.order))
    return {products[pk]: packs for pk, packs in over.items() if packs > allowed.get(pk, 0)}


def costs_of(delivery: Delivery) -> dict[int, Decimal]:
    """By product, what a pack cost: as ordered, else the supplier's price of the day it arrived."""
    rows = priced(delivery.arrived_on).filter(supplier=delivery.supplier_id)
    costs = {row.product_id: row.price_now for row in rows if row.price_now is not None}
    if delivery.order is not None:
        costs |= dict(delivery.order.lines.values_list("supply__product", "price"))
    return costs
