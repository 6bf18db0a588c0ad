"""Columns of a list, declared once: the page prints them and the spreadsheet holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from kefu.foundation.access.rules import Permission
from kefu.foundation.ui.inputs import CustomerView, PersonView, Status
from kefu.organisation.models import User

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Reader:
    """Who reads a list, and when."""

    user: User
    at: datetime


@dataclass(frozen=True)
class Column(Generic[M]):
    """A column. `cell` gives what is shown of a record: a text, a moment, a component's input; `shape` names the template that prints it
    (`lists/cells/`). A spreadsheet holds the same, or the columns of `exported`, which may be several or none. `needs` is a right of its own: without it there is no
    column, and where it does not reach a record the cell is empty. `order` names the order of the list that the heading puts it into."""

    code: str
    label: object
    cell: Callable[[M, Reader], object]
    shape: str = "text"
    exported: tuple[tuple[object, Callable[[M, Reader], object]], ...] | None = None
    order: str | None = None
    needs: Permission | None = None
    shown: bool = True
    fixed: bool = False
    joins: tuple[str, ...] = ()
    fetches: tuple[str, ...] = ()

    @property
    def template(self) -> str:
        """What prints the cell."""
        return f"lists/cells/{self.shape}.html"

    @property
    def written(self) -> tuple[tuple[object, Callable[[M, Reader], object]], ...]:
        """The columns of the spreadsheet: headings, and what stands under them of a record."""
        if self.exported is None:
            return ((self.label, lambda record, reader: plain(self.cell(record, reader))),)
        return self.exported

    def titles(self) -> list[object]:
        """The headings of the spreadsheet."""
        return [title for title, _value in self.written]

    def values(self, record: M, reader: Reader) -> list[object]:
        """What the spreadsheet holds of a record."""
        return [value(record, reader) for _title, value in self.written]


@dataclass(frozen=True)
class Cell:
    """A cell of the page, ready to be printed."""

    column: Column[Any]
    value: Any
    record: Any

    @property
    def template(self) -> str:
        """What prints it."""
        return self.column.template


def plain(value: object) -> object:
    """What a spreadsheet holds of a component's input."""
    match value:
        case Status():
            return str(value.word)
        case CustomerView():
            return value.name
        case PersonView():
            return f"{value.name} {value.note}".strip()
    return value


def chosen(columns: Sequence[Column[M]], codes: Sequence[str]) -> list[Column[M]]:
    """The columns somebody asked for in the order they are declared in; those always shown, and the usual ones when none was named."""
    wanted = {code for code in codes if any(column.code == code for column in columns)}
    return [column for column in columns if column.fixed or (column.code in wanted if wanted else column.shown)]


def loading(rows: QuerySet[M], columns: Iterable[Column[M]]) -> QuerySet[M]:
    """The rows with what their columns print, in a constant number of queries."""
    joins = {join for column in columns for join in column.joins}
    fetches = {fetch for column in columns for fetch in column.fetches}
    rows = rows.select_related(*sorted(joins)) if joins else rows
    return rows.prefetch_related(*sorted(fetches)) if fetches else rows
