"""What is held about a customer, table by table: each module says which of its tables speak of people, and what they are called.

Modules declare their tables in `slots.py`; a build guard refuses a table that leads to a customer by its keys and is neither contributed nor
left out for a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.apps import apps
from django.db.models import BinaryField, Field, ForeignKey, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.erasing import Erasing, erases
from kefu.customers.models import IdentityDocument, TimelineLine
from kefu.customers.papers import number_of
from kefu.organisation.models import User

AGAIN = frozenset({"pinyin", "initials", "search_text", "grams", "medical_grams", "digest", "key_id", "came_to"})
"""Columns that say again what stands elsewhere, for finding it."""
COMMON: Mapping[str, object] = {
    "at": _("时间"),
    "by": _("经办"),
    "note": _("说明"),
    "reason": _("原因"),
    "amount": _("金额"),
    "kind": _("种类"),
    "item": _("内容"),
    "lines": _("细节"),
    "number": _("号码"),
}
"""Names of columns that need none of their own on the screens."""
OWN = ("pk", "customer")
"""Paths that need not be told beside a table's name."""
EVERY = Q()
Extra = Callable[[Model], Mapping[str, object]]


@dataclass(frozen=True)
class Table:
    """A contributed table: `path` leads from its rows to the customer; `only` says which of them are told yet, `more` adds values that are not kept in plain."""

    model: str
    path: str
    title: object
    more: Extra | None = None
    only: Q = EVERY


@dataclass(frozen=True)
class Section:
    """The rows of one table about one customer: columns with their names, and values that JSON can hold."""

    code: str
    title: str
    columns: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, object]] = field(default_factory=list)

    @property
    def readable(self) -> dict[str, str]:
        """The columns that have a name people understand; programs get them all."""
        named = {name: COMMON.get(name, title) for name, title in self.columns.items()}
        return {name: str(title) for name, title in named.items() if not str(title).isascii()}

    @property
    def lines(self) -> list[list[object]]:
        """The rows as far as they are readable."""
        return [[row.get(name) for name in self.readable] for row in self.rows]


_tables: dict[tuple[str, str], Table] = {}
_left_out: dict[str, str] = {}


def contribute(
    model: str, path: str, title: object, *, erase: Erasing, more: Extra | None = None, only: Q = EVERY
) -> None:
    """Rows of `app.Model` that `path` leads to a customer are part of what is held about him or her; `erase` says what becomes of them
    when the customer is erased."""
    _tables[model, path] = Table(model, path, title, more, only)
    erases(model, path, erase)


def paper_number(row: Model) -> Mapping[str, object]:
    """The number of an identity paper, which the table keeps concealed."""
    return {"number": number_of(row)} if isinstance(row, IdentityDocument) else {}


def fact_words(row: Model) -> Mapping[str, object]:
    """A fact of the timeline in words, which the table keeps by code and values."""
    return {"item": row.item, "lines": row.lines} if isinstance(row, TimelineLine) else {}


def leave_out(model: str, reason: str) -> None:
    """Rows of `app.Model` are nothing held about a person, and why."""
    _left_out[model] = reason


def contributed() -> dict[tuple[str, str], Table]:
    """Every contributed table by model label and path."""
    return dict(_tables)


def left_out() -> dict[str, str]:
    """The tables that say nothing of a person, with the reason."""
    return dict(_left_out)


def sections(ids: Sequence[int]) -> list[Section]:
    """Everything that the modules hold about a customer under any of his or her ids (a merge leaves some rows with the merged),
    in the order of the modules; tables without rows are left away."""
    found = (_section(table, _rows(table, ids)) for table in _tables.values())
    return [section for section in found if section.rows]


def _rows(table: Table, ids: Sequence[int]) -> QuerySet[Model]:
    model: type[Model] = apps.get_model(table.model)
    keys = [key.name for key in model._meta.fields if isinstance(key, ForeignKey)]
    return (
        model._base_manager.filter(**{f"{table.path}__in": ids})
        .filter(table.only)
        .select_related(*keys)
        .distinct()
        .order_by("pk")
    )


def _section(table: Table, rows: Iterable[Model]) -> Section:
    fields = [one for one in apps.get_model(table.model)._meta.concrete_fields if _is_told(one)]
    code = table.model if table.path in OWN else f"{table.model}:{table.path}"
    section = Section(code, str(table.title), {one.name: str(one.verbose_name) for one in fields})
    for row in rows:
        added = dict(table.more(row)) if table.more else {}
        section.columns.update({name: name for name in added if name not in section.columns})
        section.rows.append({one.name: _told(row, one) for one in fields} | added)
    return section


def _is_told(one: Field[object, object]) -> bool:
    return one.name not in AGAIN and not isinstance(one, BinaryField)


def _told(row: Model, one: Field[object, object]) -> object:
    """A value as people and programs can read it: a choice by its word, a colleague by name and number, a moment in local time."""
    value = getattr(row, one.name)
    if one.choices and value not in (None, ""):
        return str(getattr(row, f"get_{one.name}_display")())
    if isinstance(value, User):
        return f"{value.name} {value.job_number}"
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date | Decimal):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)
