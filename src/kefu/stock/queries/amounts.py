"""How much there is, which lots would leave, and whether the book agrees with its moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from kefu.customers.models import Customer
from kefu.organisation.models import Node
from kefu.products.models import Product
from kefu.stock import rules
from kefu.stock.choices import Quality
from kefu.stock.models import Balance, Move, Warehouse

PICKABLE = Q(quality=Quality.GOOD, zone__quarantine=False, quantity__gt=0)
"""Goods that may leave, but for their expiry."""


@dataclass(frozen=True)
class Drift:
    """A balance that is not the sum of its moves."""

    balance_id: int
    quantity: int
    moved: int


def unexpired(today: date) -> Q:
    """Balances of lots that are still good today."""
    return Q(lot__expiry__isnull=True) | Q(lot__expiry__gte=today)


def may_leave(balance: Balance, today: date) -> bool:
    """Whether a balance's goods may leave: good, not in quarantine, not expired."""
    good = balance.quality == Quality.GOOD and not balance.zone.quarantine
    return good and not rules.expired(balance.lot.expiry, today)


def on_hand(product: Product, warehouse: Warehouse) -> int:
    """All packs of a product in a warehouse, in any state."""
    return _sum(Balance.objects.filter(warehouse=warehouse, product=product, quantity__gt=0))


def available(product: Product, warehouse: Warehouse, at: datetime) -> int:
    """Packs of a product that may leave today: good, not expired, not in quarantine."""
    there = Balance.objects.filter(PICKABLE, warehouse=warehouse, product=product)
    return _sum(there.filter(unexpired(timezone.localdate(at))))


def warehouse_for(node_id: int) -> Warehouse | None:
    """The warehouse that serves a node: its own, else that of the nearest node above it."""
    parents = dict(Node.objects.values_list("pk", "parent_id"))
    by_node: dict[int, Warehouse] = {}
    for warehouse in Warehouse.objects.filter(active=True).order_by("central", "code"):
        by_node.setdefault(warehouse.node_id, warehouse)
    place: int | None = node_id
    while place is not None:
        if place in by_node:
            return by_node[place]
        place = parents.get(place)
    return None


def propose(warehouse: Warehouse, wanted: Sequence[tuple[Product, int]], at: datetime) -> dict[int, list[rules.Take]]:
    """The lots that would leave for these products, by product id; fewer packs where they do not suffice (STK-005)."""
    rows = (
        Balance.objects.filter(PICKABLE, warehouse=warehouse, product__in=[product for product, _packs in wanted])
        .filter(unexpired(timezone.localdate(at)))
        .values_list("pk", "lot_id", "product_id", "quantity", "lot__expiry", "lot__received_on")
    )
    shelves = [rules.Shelf(*row) for row in rows]
    proposed: dict[int, list[rules.Take]] = {}
    for product, packs in wanted:
        own = [shelf for shelf in shelves if shelf.product_id == product.pk]
        proposed[product.pk] = rules.allocate(rules.in_order(own, product.issue_policy), packs)
    return proposed


def by_turn(held: Iterable[Balance], product: Product) -> list[Balance]:
    """A product's balances in the order in which their lots leave; balances of one lot stay together."""
    by_lot: dict[int, list[Balance]] = {}
    for balance in held:
        by_lot.setdefault(balance.lot_id, []).append(balance)
    shelves = [
        rules.Shelf(0, lot_id, product.pk, 0, same[0].lot.expiry, same[0].lot.received_on)
        for lot_id, same in by_lot.items()
    ]
    return [balance for shelf in rules.in_order(shelves, product.issue_policy) for balance in by_lot[shelf.lot_id]]


def moves_of(product: Product, warehouses: QuerySet[Warehouse]) -> QuerySet[Move]:
    """The moves of a product in these warehouses, for the product card; page by `-id`."""
    mine = Balance.objects.filter(product=product, warehouse__in=warehouses)
    return Move.objects.filter(balance__in=mine).select_related("by", "balance__lot", "balance__zone__warehouse")


def drift() -> list[Drift]:
    """Balances that differ from the sum of their moves; empty is what it must always be."""
    sums = Balance.objects.annotate(moved=Coalesce(Sum("moves__quantity"), 0))
    wrong = sums.exclude(moved=F("quantity")).order_by("pk").values_list("pk", "quantity", "moved")
    return [Drift(*row) for row in wrong]


def _sum(rows: QuerySet[Balance]) -> int:
    total: int = rows.aggregate(total=Coalesce(Sum("quantity"), 0))["total"]
    return total


def place_of(warehouse: Warehouse, customer_id: int | None) -> int:
    """The node at which the right to take goods out must hold: the customer's, when this warehouse serves it."""
    node_id = Customer.objects.filter(pk=customer_id).values_list("node_id", flat=True).first() if customer_id else None
    return node_id if node_id is not None and warehouse_for(node_id) == warehouse else warehouse.node_id
