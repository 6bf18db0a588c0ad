"""Limit of `stock.book_move`.

Rows: both balances held in the order of their ids and changed, a move of each and the audit entry, with the values the action writes. One
transaction; the commit is included. Not included: rights, finding the balances, whether the goods fit there.
"""

from __future__ import annotations

from typing import Any

import psycopg

from bench.limits.inserting import insert_into, values_of
from kefu.foundation.audit.models import AuditEntry
from kefu.stock.models import Move

HOLD = "SELECT id FROM stock_balance WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
CHANGE = "UPDATE stock_balance SET quantity = quantity + %s WHERE id = %s"
MOVE, ENTRY = insert_into(Move), insert_into(AuditEntry)


def write(connection: psycopg.Connection[Any], moves: list[Move], entry: AuditEntry) -> None:
    """Change the balances of the moves, insert the rows and commit."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [[move.balance_id for move in moves]]).fetchall()
        for move in moves:
            cursor.execute(CHANGE, [move.quantity, move.balance_id])
            cursor.execute(MOVE, values_of(move))
        cursor.execute(ENTRY, values_of(entry))
    connection.commit()
