"""Pages of a list by keyset: the same cost however far one reads, and no row twice when others are inserted."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, StringConstraints

from kefu.foundation.api.references import UnknownReference
from kefu.foundation.api.schemas import In
from kefu.kernel.errors import FieldError

M = TypeVar("M", bound=Model)
T = TypeVar("T")
Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-]{1,400}$")]


class Page(In):
    """The part of a list asked for; base of the filters of a list."""

    after: Cursor | None = Field(default=None, description="`next` of the previous answer")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Listing(Schema, Generic[T]):
    """A part of a list; `next` is null when nothing follows."""

    items: list[T]
    next: str | None


def listing(
    queryset: QuerySet[M], page: Page, *, order: tuple[str, ...] = ("-id",), show: Callable[[M], Any]
) -> dict[str, Any]:
    """The asked part of a queryset, one query (plus what `show` needs).

    `order` names columns without nulls, the last one unique, with `-` for descending; an index should match it.
    Raises UnknownReference (404, field `after`) for a cursor that is not of this list.
    """
    found = queryset.order_by(*order)
    if page.after is not None:
        try:
            found = found.filter(_beyond(order, _decode(page.after, len(order))))
            rows = list(found[: page.limit + 1])
        except (ValueError, TypeError, ValidationError) as error:
            raise UnknownReference(FieldError("after", "cursor", _("这个翻页位置已失效，请从头读取。"))) from error
    else:
        rows = list(found[: page.limit + 1])
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    return {"items": [show(row) for row in rows], "next": _encode(rows[-1], order) if more else None}


def _beyond(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows after the given one: (a, b) > (x, y) written out, as directions may differ."""
    condition, equal = Q(), Q()
    for column, value in zip(order, values, strict=True):
        name = column.removeprefix("-")
        side = "lt" if column.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{side}": value})
        equal &= Q(**{name: value})
    return condition


def _encode(row: Model, order: tuple[str, ...]) -> str:
    values = [_plain(_value(row, column.removeprefix("-"))) for column in order]
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")


def _value(row: Model, path: str) -> Any:
    value: Any = row
    for part in path.split("__"):
        value = getattr(value, part)
    return value


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, datetime | date | Decimal) else value


def _decode(cursor: str, length: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("not a cursor") from error
    usable = isinstance(values, list) and len(values) == length
    if not usable or not all(isinstance(value, str | int) and "\x00" not in str(value) for value in values):
        raise ValueError("not a cursor of this list")
    return list(values)
