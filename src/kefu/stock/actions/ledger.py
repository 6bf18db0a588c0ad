"""Locking and booking: the only place where a quantity changes.

Whoever books first locks every balance it touches, in primary-key order, so that two bookings wait instead of deadlocking.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from kefu.foundation.audit.trail import Subject, within_action
from kefu.organisation.models import User
from kefu.stock.choices import MoveKind, Quality
from kefu.stock.models import Balance, Lot, Move, Warehouse, Zone
from kefu.stock.rules import Shelf

_SHELVES = """
    SELECT balance.id, balance.lot_id, balance.product_id, balance.quantity - balance.reserved, lot.expiry, lot.received_on
    FROM stock_balance balance
    JOIN stock_lot lot ON lot.id = balance.lot_id
    JOIN stock_zone zone ON zone.id = balance.zone_id
    JOIN products_product product ON product.id = balance.product_id
    WHERE balance.warehouse_id = %(warehouse)s AND balance.product_id = ANY(%(products)s) AND balance.quantity > 0
      AND balance.quality = 'good' AND zone.purpose = 'shelf' AND NOT lot.recalled
      AND (lot.expiry IS NULL OR lot.expiry >= %(today)s
           + CASE WHEN %(to_branch)s THEN product.branch_days_left ELSE product.customer_days_left END)
    ORDER BY balance.id FOR NO KEY UPDATE OF balance
"""
_BOOK = """
    UPDATE stock_balance balance SET quantity = balance.quantity + entry.change
    FROM unnest(%s::bigint[], %s::integer[]) AS entry(id, change) WHERE balance.id = entry.id
"""
_ENSURE = """
    INSERT INTO stock_balance (warehouse_id, product_id, zone_id, lot_id, quality, quantity)
    SELECT *, 0 FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])
    ON CONFLICT (zone_id, lot_id, quality) DO NOTHING
"""
_FIND = """
    SELECT id, zone_id, lot_id, quality FROM stock_balance
    WHERE (zone_id, lot_id, quality) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[]))
"""
_HOLD = "SELECT id, quantity, reserved FROM stock_balance WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


@dataclass(frozen=True)
class Place:
    """What a balance is of: a lot in a zone in a state."""

    zone: Zone
    lot: Lot
    quality: Quality


@dataclass(frozen=True)
class Entry:
    """A change of a locked balance; `reason` stands on the move."""

    balance_id: int
    change: int
    reason: str = ""


@within_action
def shelves(warehouse: Warehouse, product_ids: Iterable[int], today: date, *, to_branch: bool = False) -> list[Shelf]:
    """What may leave a warehouse of these products, as `Balance.objects.pickable`; held until the transaction ends.

    A lot that was recalled while we waited for its balances is left out: who recalls holds them first.
    """
    values: dict[str, Any] = {
        "warehouse": warehouse.pk,
        "products": list(set(product_ids)),
        "today": today,
        "to_branch": to_branch,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHELVES, values)
        found = [Shelf(*row) for row in cursor.fetchall() if row[3]]
    recalled = set(
        Lot.objects.filter(pk__in={shelf.lot_id for shelf in found}, recalled=True).values_list("pk", flat=True)
    )
    return [shelf for shelf in found if shelf.lot_id not in recalled]


@within_action
def lock_balances(ids: Iterable[int]) -> dict[int, Balance]:
    """Balances by id, held until the transaction ends, with their lots and zones."""
    held = Balance.objects.select_for_update(of=("self",), no_key=True).select_related(
        "lot", "zone", "product", "warehouse"
    )
    return {balance.pk: balance for balance in held.filter(pk__in=set(ids)).order_by("pk")}


@within_action
def hold_goods(warehouse_ids: Iterable[int], product_ids: Iterable[int]) -> None:
    """Hold every balance of these products in these warehouses until the transaction ends: who does several things to goods at once holds
    them all first, so that nobody deadlocks.
    """
    rows = Balance.objects.filter(warehouse__in=set(warehouse_ids), product__in=set(product_ids))
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


@within_action
def hold(balances: Sequence[Balance]) -> None:
    """Hold balances that were read before until the transaction ends, and bring what they say up to date."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [[balance.pk for balance in balances]])
        amounts = {pk: (quantity, reserved) for pk, quantity, reserved in cursor.fetchall()}
    for balance in balances:
        balance.quantity, balance.reserved = amounts[balance.pk]


@within_action
def places(wanted: Sequence[Place]) -> list[int]:
    """The ids of the balances of these places, made where missing, in the order asked for; not yet held."""
    keys = sorted({(p.zone.warehouse_id, p.lot.product_id, p.zone.pk, p.lot.pk, str(p.quality)) for p in wanted})
    columns = [list(column) for column in zip(*keys, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_ENSURE, columns)
        cursor.execute(_FIND, columns[2:])
        found = {(zone, lot, quality): pk for pk, zone, lot, quality in cursor.fetchall()}
    return [found[p.zone.pk, p.lot.pk, str(p.quality)] for p in wanted]


@within_action
def book(entries: Sequence[Entry], *, kind: MoveKind, subject: Subject | None, by: User, at: datetime) -> None:
    """Change balances that are already held and write the moves that explain it.

    The database refuses a balance below zero; callers check before, with the quantities they hold.
    """
    changes: dict[int, int] = {}
    for entry in entries:
        changes[entry.balance_id] = changes.get(entry.balance_id, 0) + entry.change
    with connection.cursor() as cursor:
        cursor.execute(_BOOK, [list(changes), list(changes.values())])
    Move.objects.bulk_create(
        [
            Move(
                balance_id=entry.balance_id, kind=kind, quantity=entry.change, reason=entry.reason, by=by, at=at,
                subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else None,
            )
            for entry in entries
        ]
    )  # fmt: skip
