"""How much there is, which lots would leave, and whether the book agrees with its moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from kefu.customers.models import Customer
from kefu.organisation.models import Node
from kefu.products.models import Product
from kefu.stock import rules
from kefu.stock.choices import Quality, ReservationState
from kefu.stock.models import Balance, Move, Reservation, Warehouse

_AMOUNTS = """
    SELECT balance.warehouse_id, balance.product_id,
           coalesce(sum(balance.quantity) FILTER (WHERE zone.purpose NOT IN ('transit', 'lent')), 0),
           coalesce(sum(balance.quantity - balance.reserved) FILTER (
               WHERE zone.purpose = 'shelf' AND balance.quality = 'good' AND NOT lot.recalled
                 AND (lot.expiry IS NULL OR lot.expiry >= %s + product.customer_days_left)), 0),
           coalesce(sum(balance.quantity) FILTER (WHERE zone.purpose = 'transit'), 0)
    FROM stock_balance balance JOIN stock_lot lot ON lot.id = balance.lot_id JOIN stock_zone zone ON zone.id = balance.zone_id
    JOIN products_product product ON product.id = balance.product_id
    WHERE balance.warehouse_id = ANY(%s) AND balance.product_id = ANY(%s) AND balance.quantity > 0
    GROUP BY balance.warehouse_id, balance.product_id
"""


@dataclass(frozen=True)
class Amount:
    """Packs of a product in a warehouse: all that lie there, those free to leave to a customer today, and those on their way here."""

    there: int
    free: int
    coming: int


@dataclass(frozen=True)
class Drift:
    """A balance that is not the sum of its moves, or whose `reserved` is not the sum of what is set aside."""

    balance_id: int
    quantity: int
    moved: int
    reserved: int
    set_aside: int


def may_leave(balance: Balance, today: date) -> bool:
    """Whether a balance's goods may leave to a customer; the same as `pickable`, but for what is set aside."""
    good = balance.quality == Quality.GOOD and balance.zone.is_shelf and not balance.lot.recalled
    return good and rules.leaves_in_time(balance.lot.expiry, today, balance.product.customer_days_left)


def amounts(
    warehouses: Iterable[Warehouse], products: Iterable[Product], at: datetime
) -> dict[tuple[int, int], Amount]:
    """How much there is of each product in each warehouse, by their ids; without an entry where there is none."""
    asked: list[Any] = [timezone.localdate(at), [one.pk for one in warehouses], [one.pk for one in products]]
    with connection.cursor() as cursor:
        cursor.execute(_AMOUNTS, asked)
        return {(warehouse, product): Amount(*packs) for warehouse, product, *packs in cursor.fetchall()}


def amount(product: Product, warehouse: Warehouse, at: datetime) -> Amount:
    """How much there is of a product in a warehouse."""
    return amounts([warehouse], [product], at).get((warehouse.pk, product.pk), Amount(0, 0, 0))


def warehouse_for(node_id: int) -> Warehouse | None:
    """The warehouse that serves a node: its own, else that of the nearest node above it."""
    return _serving([node_id]).get(node_id)


def nodes_served(warehouse: Warehouse) -> list[int]:
    """The nodes that a warehouse serves, by the rule of `warehouse_for`."""
    everywhere = _serving(None)
    return sorted(node for node, serving in everywhere.items() if serving == warehouse)


def _serving(nodes: Sequence[int] | None) -> dict[int, Warehouse]:
    """By node, of these or of all, the warehouse that serves it; nodes without one are left out. Two queries."""
    parents = dict(Node.objects.values_list("pk", "parent_id"))
    by_node: dict[int, Warehouse] = {}
    for warehouse in Warehouse.objects.filter(active=True).order_by("central", "code"):
        by_node.setdefault(warehouse.node_id, warehouse)
    found: dict[int, Warehouse] = {}
    for node in parents if nodes is None else nodes:
        place: int | None = node
        while place is not None and place not in by_node:
            place = parents.get(place)
        if place is not None:
            found[node] = by_node[place]
    return found


def propose(warehouse: Warehouse, wanted: Sequence[tuple[Product, int]], at: datetime) -> dict[int, list[rules.Take]]:
    """The lots that would leave for these products, by product id; fewer packs where they do not suffice (STK-005)."""
    rows = (
        Balance.objects.filter(warehouse=warehouse, product__in=[product for product, _packs in wanted])
        .pickable(timezone.localdate(at))
        .values_list("pk", "lot_id", "product_id", F("quantity") - F("reserved"), "lot__expiry", "lot__received_on")
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


def set_aside(kind: str, ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Packs set aside for records of a kind, by the record's and the product's id."""
    rows = Reservation.objects.filter(
        subject_kind=kind, subject_id__in=list(ids), state=ReservationState.OPEN
    ).order_by()
    summed = rows.values_list("subject_id", "balance__product").annotate(all=Sum("packs"))
    return {(subject, product): packs for subject, product, packs in summed}


def set_aside_at(kind: str, subject_id: int) -> set[int]:
    """The ids of the warehouses in which something is set aside for a record."""
    rows = Reservation.objects.filter(subject_kind=kind, subject_id=subject_id, state=ReservationState.OPEN)
    return set(rows.values_list("balance__warehouse", flat=True))


def drift() -> list[Drift]:
    """Balances that differ from their moves or their reservations; empty is what it must always be."""
    moved = Move.objects.filter(balance=OuterRef("pk")).order_by().values("balance").annotate(all=Sum("quantity"))
    aside = Reservation.objects.filter(balance=OuterRef("pk"), state=ReservationState.OPEN).order_by()
    set_aside = aside.values("balance").annotate(all=Sum("packs"))
    sums = Balance.objects.annotate(
        moved=Coalesce(Subquery(moved.values("all")), 0), set_aside=Coalesce(Subquery(set_aside.values("all")), 0)
    )
    wrong = sums.exclude(moved=F("quantity"), set_aside=F("reserved")).order_by("pk")
    return [Drift(*row) for row in wrong.values_list("pk", "quantity", "moved", "reserved", "set_aside")]


def place_of(warehouse: Warehouse, customer_id: int | None) -> int:
    """The node at which the right to take goods out must hold: the customer's, when this warehouse serves it."""
    node_id = Customer.objects.filter(pk=customer_id).values_list("node_id", flat=True).first() if customer_id else None
    return node_id if node_id is not None and warehouse_for(node_id) == warehouse else warehouse.node_id
