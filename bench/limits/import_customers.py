"""Limit of `customer.import`.

Rows: for each person the same as the import writes, with the same values: those of `customer_create`, and what the row of the list became.
One transaction a list; the commit is included. Not included: reading the file, the run with its own trail, looking whether numbers are
known, rights, pinyin and search tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from bench.limits import customer_create
from bench.limits.inserting import insert_into, values_of
from kefu.foundation.exchange.models import ImportedRow

ROW = insert_into(ImportedRow)


def write(connection: psycopg.Connection[Any], people: Sequence[customer_create.Rows], run_id: int, first: int) -> None:
    """Insert everybody, the rows of the list counted up from `first`, and commit."""
    with connection.cursor() as cursor:
        for number, person in enumerate(people, first):
            pk = customer_create.insert(cursor, person)
            cursor.execute(ROW, values_of(ImportedRow(run_id=run_id, row=number, did="created", subject_id=pk)))
    connection.commit()
