"""Six hundred products with three or four lots each in the Beijing warehouse, and three moves for each customer."""

from __future__ import annotations

from typing import Any

import psycopg

from bench.world.chain import Chain
from kefu.products.models import Product
from kefu.stock.models import Zone
from kefu.testing.cast import AT

PRODUCTS = 600
PACKS = 100_000
MOVES_PER_CUSTOMER = 3

_PRODUCTS = """
    INSERT INTO products_product ({columns})
    SELECT {values} FROM products_product p, generate_series(1, %(count)s) n WHERE p.id = %(model)s
"""
_LOTS = """
    INSERT INTO stock_lot (product_id, code, expiry, received_on)
    SELECT p.id, 'B' || p.id || '-' || n, %(day)s::date + (120 + (p.id * 7 + n * 61) %% 600)::int, %(day)s::date - ((p.id + n * 13) %% 90)::int
    FROM products_product p, generate_series(1, 3 + (p.id %% 2)::int) n WHERE p.code LIKE 'BENCH-%%'
"""
_BALANCES = """
    INSERT INTO stock_balance (warehouse_id, product_id, zone_id, lot_id, quality, quantity)
    SELECT %(warehouse)s, l.product_id, %(zone)s, l.id, 'good', %(packs)s FROM stock_lot l JOIN products_product p ON p.id = l.product_id
    WHERE p.code LIKE 'BENCH-%%'
"""
_MOVES = """
    INSERT INTO stock_move (balance_id, kind, quantity, subject_kind, subject_id, reason, by_id, at)
    SELECT b.id, CASE n WHEN 0 THEN 'receipt' ELSE 'issue' END, CASE n WHEN 0 THEN %(packs)s + %(each)s ELSE -1 END,
           CASE n WHEN 0 THEN 'stock.receipt' ELSE 'stock.issue_slip' END, 1, '', %(by)s,
           %(at)s::timestamptz - interval '90 days' + n * (interval '89 days' / (%(each)s + 1))
    FROM generate_series(0, %(each)s) n, stock_balance b JOIN products_product p ON p.id = b.product_id WHERE p.code LIKE 'BENCH-%%'
"""


def stock_up(connection: psycopg.Connection[Any], chain: Chain, customers: int) -> None:
    """Put the goods in; each balance is the sum of its moves."""
    pattern = Product.objects.get(code="N-014")
    zone = Zone.objects.get(code="WH-BJ-N")
    columns = {field.column: f'p."{field.column}"' for field in Product._meta.concrete_fields if not field.primary_key}
    columns |= {"code": "'BENCH-' || to_char(n, 'FM0000')", "zh": "p.zh || n"}
    named = ", ".join(f'"{name}"' for name in columns)
    products = _PRODUCTS.format(columns=named, values=", ".join(columns.values()))
    connection.execute(products, {"count": PRODUCTS, "model": pattern.pk})
    connection.execute(_LOTS, {"day": AT.date()})
    made = connection.execute(_BALANCES, {"warehouse": chain.warehouse.pk, "zone": zone.pk, "packs": PACKS}).rowcount
    each = max(1, MOVES_PER_CUSTOMER * customers // made)
    connection.execute(_MOVES, {"packs": PACKS, "each": each, "by": chain.cast.keeper.pk, "at": AT})
