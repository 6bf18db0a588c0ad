"""What purchasing plans with: what left to customers, what lies where and is free, by place (STK-001)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

_ISSUED = """
    SELECT customer.node_id, lot.product_id, sum(line.packs - line.returned)
    FROM stock_issueslip slip
    JOIN stock_issueline line ON line.slip_id = slip.id
    JOIN stock_lot lot ON lot.id = line.lot_id
    JOIN customers_customer customer ON customer.id = slip.customer_id
    WHERE slip.customer_id IS NOT NULL AND slip.at >= %s AND slip.at < %s
    GROUP BY customer.node_id, lot.product_id HAVING sum(line.packs - line.returned) > 0
"""
_HELD = """
    SELECT warehouse.node_id, balance.product_id,
           coalesce(sum(balance.quantity) FILTER (WHERE zone.purpose = 'shelf' AND balance.quality = 'good' AND NOT lot.recalled
               AND (lot.expiry IS NULL OR lot.expiry >= %s + product.customer_days_left)), 0),
           coalesce(sum(balance.reserved) FILTER (WHERE zone.purpose = 'shelf' AND balance.quality = 'good' AND NOT lot.recalled
               AND (lot.expiry IS NULL OR lot.expiry >= %s + product.customer_days_left)), 0),
           coalesce(sum(balance.quantity) FILTER (WHERE zone.purpose = 'transit'), 0)
    FROM stock_balance balance
    JOIN stock_lot lot ON lot.id = balance.lot_id
    JOIN stock_zone zone ON zone.id = balance.zone_id
    JOIN stock_warehouse warehouse ON warehouse.id = balance.warehouse_id
    JOIN products_product product ON product.id = balance.product_id
    WHERE balance.quantity > 0
    GROUP BY warehouse.node_id, balance.product_id
"""
Place = tuple[int, int]
"""The ids of a node and of a product."""


@dataclass(frozen=True)
class HeldThere:
    """Packs at a place that may still leave to customers, those of them set aside, and those on their way there."""

    usable: int
    reserved: int
    coming: int


def issued_to_customers(since: datetime, until: datetime) -> dict[Place, int]:
    """Packs that left to customers and did not come back, by the customer's place and product. Reads the slips of the time asked for only."""
    return {(node, product): int(packs) for node, product, packs in _rows(_ISSUED, [since, until])}


def held_by_place(today: date) -> dict[Place, HeldThere]:
    """What lies and comes at each place by product, in one pass over the balances that hold something."""
    return {(node, product): HeldThere(*map(int, packs)) for node, product, *packs in _rows(_HELD, [today, today])}


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
