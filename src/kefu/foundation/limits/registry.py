"""Declaring limits with their defaults and reading the value that counts on a day.

RECEIPT_DAYS = limit("followup.first_contact", 2, _("收到报告后首次回访"), unit="days", source="FUP-001")
RECEIPT_DAYS.on(at)             # or .on(at, node_id=...)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast

from django.db import connection
from django.utils import timezone

from kefu.organisation.models import Node

T = TypeVar("T", int, Decimal, str, bool, list[int])


@dataclass(frozen=True)
class Limit(Generic[T]):
    """A number (or list of numbers) of the catalogue with its shipped default and unit."""

    code: str
    default: T
    label: object
    unit: str
    source: str

    def on(self, at: datetime, *, node_id: int | None = None) -> T:
        """The value on that day: the node's own or nearest above it, else the chain's, else the default. One or two queries."""
        day = timezone.localdate(at)
        values: dict[int | None, object] = {}
        for place, value in _set_by(self.code, day):
            values.setdefault(place, json.loads(value))
        if not values:
            return self.default
        for level in _upwards(node_id) if node_id and values.keys() != {None} else [None]:
            if level in values:
                return self._typed(values[level])
        return self.default

    def _typed(self, value: Any) -> T:
        kind: Any = type(self.default)
        return cast(T, kind(value))


AnyLimit = Limit[int] | Limit[Decimal] | Limit[str] | Limit[bool] | Limit[list[int]]
_limits: dict[str, AnyLimit] = {}


def limit(code: str, default: T, label: object, *, unit: str = "", source: str = "") -> Limit[T]:
    """Declare a limit; modules do so in their `limits.py`."""
    made = Limit(code, default, label, unit, source)
    _limits[code] = cast(AnyLimit, made)
    return made


def declared() -> list[AnyLimit]:
    """All limits by code, for the page that changes them."""
    return [_limits[code] for code in sorted(_limits)]


def find(code: str) -> AnyLimit | None:
    """The limit of that code, if declared."""
    return _limits.get(code)


_VALUES = "SELECT node_id, value FROM limits_limitvalue WHERE code = %s AND valid_from <= %s ORDER BY valid_from DESC, id DESC"


def _set_by(code: str, day: date) -> list[tuple[int | None, str]]:
    """Values as JSON, the latest first. Plain SQL: every page and action asks for several."""
    with connection.cursor() as cursor:
        cursor.execute(_VALUES, [code, day])
        found: list[tuple[int | None, str]] = cursor.fetchall()
    return found


def _upwards(node_id: int) -> list[int | None]:
    parents = dict(Node.objects.values_list("pk", "parent_id"))
    path: list[int | None] = [node_id]
    while path[-1] is not None:
        path.append(parents.get(path[-1]))
    return path
