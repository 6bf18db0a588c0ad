"""What lists there are: what a row is, who sees which, its columns, orders and filters, and what can be done with many rows at once.

Modules register theirs in `slots.py`; a bulk action may also be added by a module above the one that owns the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic

from django.db.models import QuerySet
from django.http import QueryDict

from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.foundation.lists.columns import Column, M, Reader, chosen
from kefu.foundation.ui.forms import KefuForm
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User

COLUMNS, ORDER = "columns", "order"


@dataclass(frozen=True)
class Named:
    """How a row is called in a result: a number or kind, whose it is, where it stands."""

    number: str
    name: str
    url: str


@dataclass(frozen=True)
class ListSpec(Generic[M]):
    """A list. `visible` is its scope, `rows` the scope narrowed by the filters of an address; `orders` maps the word of the address to columns
    that have an index, the first is the usual one. `share` is the right to make a view for one's colleagues; `reaches` says whether a right
    reaches a record; `export` gives the address of the page that takes the list away, for holders of `export_needs`."""

    code: str
    title: object
    url_name: str
    permission: Permission
    share: Permission
    columns: tuple[Column[M], ...]
    orders: Mapping[str, tuple[str, ...]]
    filters: tuple[str, ...]
    visible: Callable[[User], QuerySet[M]]
    rows: Callable[[User, QueryDict, datetime], QuerySet[M]]
    named: Callable[[M], Named]
    reaches: Callable[[User, Permission, M], bool]
    export: Callable[[], str] | None = None
    export_needs: Permission | None = None

    def columns_of(self, user: User) -> list[Column[M]]:
        """The columns a person may see."""
        access = access_of(user)
        return [column for column in self.columns if column.needs is None or access.may(column.needs)]

    def order_of(self, params: QueryDict) -> str:
        """The word of the order an address asks for, else of the usual one."""
        asked = params.get(ORDER) or ""
        return asked if asked in self.orders else next(iter(self.orders))

    def chosen(self, user: User, params: QueryDict) -> list[Column[M]]:
        """The columns an address asks for, of those the person may see."""
        return chosen(self.columns_of(user), params.getlist(COLUMNS))

    def shows(self, column: Column[M], record: M, reader: Reader) -> bool:
        """Whether the column's own right reaches the record."""
        return column.needs is None or self.reaches(reader.user, column.needs, record)


@dataclass(frozen=True)
class BulkAction:
    """A verb for many rows. `form` asks once for what all rows need; `run(record, cleaned data, by=, at=)` is the verb for one row, the same
    that the row's own page calls, and refuses as there. One of the rights of `needs` is enough to be offered it. `consequence` says what will happen."""

    list_code: str
    code: str
    label: object
    icon: str
    order: int
    needs: tuple[Permission, ...]
    form: Callable[..., KefuForm]
    run: Callable[..., object]
    consequence: object = ""


@dataclass
class _Registry:
    lists: dict[str, ListSpec[Any]] = field(default_factory=dict)
    actions: dict[tuple[str, str], BulkAction] = field(default_factory=dict)


_registry = _Registry()


def register_list(spec: ListSpec[Any]) -> None:
    """Add a list; a later one of the same code replaces the earlier."""
    _registry.lists[spec.code] = spec


def register_bulk(*actions: BulkAction) -> None:
    """Add verbs for many rows of a list; a later one of the same code replaces the earlier."""
    _registry.actions.update({(action.list_code, action.code): action for action in actions})


def list_named(code: str) -> ListSpec[Any]:
    """The list of that code. Raises OutOfScope when there is none."""
    if code not in _registry.lists:
        raise OutOfScope
    return _registry.lists[code]


def lists() -> list[ListSpec[Any]]:
    """All lists by code."""
    return [_registry.lists[code] for code in sorted(_registry.lists)]


def bulk_actions(user: User, list_code: str) -> list[BulkAction]:
    """What a person may do with many rows of a list, in order."""
    access = access_of(user)
    found = [action for (code, _), action in _registry.actions.items() if code == list_code]
    return sorted((one for one in found if any(access.may(right) for right in one.needs)), key=lambda one: one.order)


def bulk_action(list_code: str, code: str) -> BulkAction:
    """The verb of that code. Raises OutOfScope when there is none."""
    if (list_code, code) not in _registry.actions:
        raise OutOfScope
    return _registry.actions[list_code, code]
