"""A list as one request asks for it: rows with their cells, headings, views as tabs, the choice of columns, what can be done with many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.lists.columns import Cell, Column, M, Reader, loading
from kefu.foundation.lists.models import SavedView, ViewChoice
from kefu.foundation.lists.queries import choices_of, kept_filters, views_for
from kefu.foundation.lists.specs import COLUMNS, ORDER, BulkAction, ListSpec, bulk_actions
from kefu.foundation.ui.keyset import Keyset

VIEW, AFTER = "view", "after"
NO_VIEW = "0"
"""The word of the address that says "all", so that the list does not open with one's first view."""


@dataclass(frozen=True)
class Row:
    """A record with what is printed of it."""

    record: Any
    cells: list[Cell]


@dataclass(frozen=True)
class Tab:
    """A saved view over the list."""

    url: str
    label: object
    current: bool


@dataclass(frozen=True)
class Found:
    """What a search found, in the shape of a page of the list."""

    rows: Sequence[Any]
    next: str = ""


class Shown(Generic[M]):
    """What a list's template prints. `found` are rows found by a search, already in order; otherwise the rows of the address are paged."""

    def __init__(self, request: StaffRequest, spec: ListSpec[M], found: Sequence[M] | None = None) -> None:
        self.spec, self.params = spec, request.GET
        self.user = request.user
        self.reader = Reader(request.user, request.at)
        self.columns, self.order = spec.chosen(request.user, self.params), spec.order_of(self.params)
        self._found = found

    @cached_property
    def keyset(self) -> Any:
        """The page of rows."""
        if self._found is not None:
            return Found(self._found)
        rows = loading(self.spec.rows(self.user, self.params, self.reader.at), self.columns)
        return Keyset(rows, self.spec.orders[self.order], cursor=self.params.get(AFTER, ""))

    @cached_property
    def rows(self) -> list[Row]:
        """The records with their cells."""
        return [Row(record, self._cells(record)) for record in self.keyset.rows]

    def _cells(self, record: M) -> list[Cell]:
        return [
            Cell(column, column.cell(record, self.reader), record)
            if self.spec.shows(column, record, self.reader)
            else Cell(column, None, record)
            for column in self.columns
        ]

    @property
    def headings(self) -> list[dict[str, object]]:
        """The headings; those with an order of their own put the list into it."""
        made: list[dict[str, object]] = [{"label": _("选择"), "hidden": True}] if self.bulk else []
        for column in self.columns:
            heading: dict[str, object] = {"label": column.label, "num": column.shape == "number"}
            if column.order is not None:
                keys = self.spec.orders[column.order]
                direction = "desc" if keys[0].startswith("-") else "asc"
                heading |= {
                    "url": self.narrowed(order=column.order),
                    "sorted": direction if self.order == column.order else "",
                }
            made.append(heading)
        return made

    def narrowed(self, **changes: str) -> str:
        """The address of the list with other filters or another order, from its beginning."""
        kept = self.params.copy()
        kept.pop(AFTER, None)
        for name, value in changes.items():
            kept[name] = value
        return f"?{kept.urlencode()}"

    @cached_property
    def _mine(self) -> tuple[list[SavedView], dict[int, ViewChoice]]:
        found = list(views_for(self.user, self.spec))
        return found, choices_of(self.user, found) if found else {}

    @property
    def views(self) -> list[SavedView]:
        """The person's views that are on the tabs."""
        found, choices = self._mine
        return [view for view in found if view.pk not in choices or not choices[view.pk].hidden]

    @property
    def view(self) -> SavedView | None:
        """The view that is open."""
        return next((view for view in self.views if str(view.pk) == self.params.get(VIEW)), None)

    @property
    def opening(self) -> str:
        """The address of the view that the list opens with when nothing is asked for; empty when there is none."""
        _found, choices = self._mine
        firsts = (view for view in self.views if view.pk in choices and choices[view.pk].first)
        first = None if self.params else next(firsts, None)
        return f"?{first.address}" if first else ""

    @property
    def tabs(self) -> list[Tab]:
        """The views, after the list as it is."""
        open_view = self.view
        whole = Tab(f"?{VIEW}={NO_VIEW}", _("全部"), open_view is None)
        return [whole, *(Tab(f"?{one.address}", one.name, one == open_view) for one in self.views)]

    @property
    def choosable(self) -> list[tuple[Column[M], bool]]:
        """Every column the person may see and whether it is shown."""
        shown = {column.code for column in self.columns}
        return [(column, column.code in shown) for column in self.spec.columns_of(self.user)]

    @property
    def columns_asked(self) -> list[str]:
        """The columns that the address names."""
        return self.params.getlist(COLUMNS)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form of the list hands on of the address: everything but columns and page."""
        return [
            (name, value) for name, values in self.params.lists() if name not in (COLUMNS, AFTER) for value in values
        ]

    @property
    def query(self) -> str:
        """The address as a saved view, a bulk action or an export takes it."""
        return _narrowing(self.spec, self.params)

    @property
    def searched(self) -> bool:
        """Whether the rows come from a search: then the address does not say which they are."""
        return self._found is not None

    @cached_property
    def bulk(self) -> list[BulkAction]:
        """What the person may do with many rows."""
        return bulk_actions(self.user, self.spec.code)

    @property
    def may_export(self) -> bool:
        """Whether the person may take the list away."""
        needed = self.spec.export_needs
        return self.spec.export is not None and needed is not None and access_of(self.user).may(needed)

    @property
    def export_url(self) -> str:
        """Where the list, exactly as it is shown, can be taken away."""
        return f"{self.spec.export()}?{self.query}" if self.spec.export and self.may_export else ""


def _narrowing(spec: ListSpec[Any], params: QueryDict) -> str:
    query = QueryDict(mutable=True)
    for name, values in kept_filters(spec, params).items():
        query.setlist(name, values)
    for name in (ORDER, COLUMNS):
        if params.getlist(name):
            query.setlist(name, params.getlist(name))
    return query.urlencode()
