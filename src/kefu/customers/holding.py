"""Whoever changes anything of a customer holds the customer first: so two people at one customer wait for each other instead of aborting one."""

from __future__ import annotations

from django.db import connection

_HOLD = "SELECT 1 FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def hold(*customer_ids: int) -> None:
    """Let nobody else change these customers or anything of theirs until the transaction ends; in the order of their ids.

    Rows that only point at the customer (timeline, notices, messages) are written meanwhile by others without waiting.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(customer_ids)])
