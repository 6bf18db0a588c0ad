"""COPY: rows of a model into its table, and series that go on after them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from django.db.models import Model
from psycopg import sql

Connection = psycopg.Connection[Any]


def columns_of(model: type[Model]) -> list[str]:
    """The columns of a table, in the order in which `values_of` gives their values."""
    return [str(field.column) for field in model._meta.concrete_fields]


def values_of(row: Model) -> list[Any]:
    """The values of a row that is not saved yet."""
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


def copy_rows(connection: Connection, table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    """COPY rows into a table."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def next_id(connection: Connection, model: type[Model]) -> int:
    """The id after the highest."""
    query = sql.SQL("SELECT coalesce(max(id), 0) + 1 FROM {}").format(sql.Identifier(model._meta.db_table))
    row = connection.execute(query).fetchone()
    assert row
    return int(row[0])


def go_on_after(connection: Connection, table: str) -> None:
    """Let the series of a table go on after its highest id."""
    query = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT coalesce(max(id), 1) FROM {}))")
    connection.execute(query.format(sql.Literal(table), sql.Identifier(table)))
