"""Plain INSERT statements for the rows of a limit, written from the columns of the table."""

from __future__ import annotations

from typing import Any

from django.db.models import JSONField, Model
from psycopg.types.json import Jsonb


def insert_into(model: type[Model]) -> str:
    """INSERT of one row with all columns but the id, which it returns."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    named, places = ", ".join(f'"{name}"' for name in columns), ", ".join("%s" for _name in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({named}) VALUES ({places}) RETURNING id'  # noqa: S608


def values_of(row: Model) -> list[Any]:
    """The values for `insert_into`, adapted as psycopg wants them."""
    return [_value(field, getattr(row, field.attname)) for field in row._meta.concrete_fields if not field.primary_key]


def _value(field: Any, value: Any) -> Any:
    return Jsonb(value) if isinstance(field, JSONField) else value
