"""How a list leaves whose columns people choose: what the page shows is what the spreadsheet holds (SEC-001, CUS-003)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from kefu.foundation.exchange.lists import Asked, Columns, Listed
from kefu.foundation.lists.columns import Column, M, Reader, loading
from kefu.foundation.lists.queries import narrowed
from kefu.foundation.lists.specs import ListSpec
from kefu.organisation.models import User


def away(
    spec: ListSpec[M], *, code: str, nodes: tuple[str, ...], customers: Callable[[M], Iterable[int | None]]
) -> Listed:
    """The list as `exchange` takes it away: the columns, the order and the rows of the address, also only those that were picked."""

    def rows(user: User, asked: Asked, at: datetime) -> QuerySet[Any]:
        found = loading(narrowed(spec, user, asked, at), spec.chosen(user, asked))
        return found.order_by(*spec.orders[spec.order_of(asked)])

    def columns(user: User, asked: Asked, at: datetime) -> Columns:
        reader = Reader(user, at)
        return [one for column in spec.chosen(user, asked) for one in _written(spec, column, reader)]

    return Listed(
        code=code, title=spec.title, page=spec.url_name, view=(spec.permission,), rows=rows, columns=columns,
        nodes=nodes, customers=customers,
    )  # fmt: skip


def _written(spec: ListSpec[M], column: Column[M], reader: Reader) -> Columns:
    return [(title, partial(_cell, spec, column, value, reader)) for title, value in column.written]


def _cell(
    spec: ListSpec[M], column: Column[M], value: Callable[[M, Reader], object], reader: Reader, record: M
) -> object:
    """Empty where the column's own right does not reach the record, as on the page."""
    return value(record, reader) if spec.shows(column, record, reader) else ""
