"""Paging by the last row seen: the same cost on the first and on the thousandth page, and never a count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.core.signing import BadSignature
from django.core.signing import dumps as sign
from django.core.signing import loads as unsign
from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

M = TypeVar("M", bound=Model)
SALT = "kefu.keyset"
READERS: Final[dict[str, Callable[[str], Any]]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
    "u": UUID,
}


class Keyset(Generic[M]):
    """One page of a queryset in a fixed order.

    `order` names columns, a minus in front for descending; none may hold NULL and the last must be unique.
    `rows` are at most `size` objects, `next` the opaque cursor of the page after, empty when there is none.
    A cursor that is damaged or belongs to another order starts at the beginning.
    """

    def __init__(
        self,
        queryset: QuerySet[M],
        order: Sequence[str] = ("-created_at", "-id"),
        size: int = 50,
        cursor: str | None = "",
    ) -> None:
        self.order = tuple(order)
        ordered = queryset.order_by(*self.order)
        seen = self._read(cursor)
        found = list((ordered.filter(_after(self.order, seen)) if seen else ordered)[: size + 1])
        self.rows: list[M] = found[:size]
        self.next = self._write(self.rows[-1]) if len(found) > size else ""

    def _write(self, row: M) -> str:
        return cursor_after(row, self.order)

    def _read(self, cursor: str | None) -> list[Any] | None:
        if not cursor:
            return None
        try:
            order, values = unsign(cursor, salt=SALT)
        except (BadSignature, ValueError):
            return None
        return [_unpack(value) for value in values] if tuple(order) == self.order else None


def cursor_after(row: Model, order: Sequence[str]) -> str:
    """The cursor of the page that begins after a row."""
    values = [_pack(_value(row, name.lstrip("-"))) for name in order]
    return sign([list(order), values], salt=SALT, compress=True)


def _after(order: Sequence[str], seen: Sequence[Any]) -> Q:
    """Rows after `seen`. Columns that all run one way are compared as one row: an index on them is used, and the planner estimates it well."""
    names, down = [name.lstrip("-") for name in order], {name.startswith("-") for name in order}
    if len(order) > 1 and len(down) == 1:
        compared = TupleLessThan if down == {True} else TupleGreaterThan
        return Q(compared(Tuple(*map(F, names)), tuple(seen)))
    found, same = Q(), Q()
    for name, value in zip(order, seen, strict=True):
        column, beyond = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        found |= same & Q((f"{column}__{beyond}", value))
        same &= Q((column, value))
    first, beyond = (order[0][1:], "lte") if order[0].startswith("-") else (order[0], "gte")
    return Q((f"{first}__{beyond}", seen[0])) & found


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = row[name] if isinstance(row, dict) else getattr(row, name)
    if row is None:
        raise ValueError(f"keyset column {path} holds NULL")
    return row


def _pack(value: Any) -> Any:
    match value:
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case Decimal():
            return ["n", str(value)]
        case UUID():
            return ["u", str(value)]
    return ["", value]


def _unpack(packed: Sequence[Any]) -> Any:
    kind, value = packed
    return READERS[kind](value) if kind in READERS else value
