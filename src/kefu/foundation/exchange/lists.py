"""Lists that can be taken away: what the page of a list shows is what its export holds, by the same query and the same filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse

from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.foundation.exchange.permissions import ExchangePermission
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User

Asked = QueryDict
Columns = Sequence[tuple[object, Callable[[Any], object]]]
"""Titles with what a row shows under them."""


@dataclass(frozen=True)
class Listed:
    """One list, declared in its module's `exchange.py`.

    `rows` is the query the page itself uses, given the person, the filters of the page's address and the moment; `columns` are the same
    for everybody, or what the person chose (`lists.exporting`); `read` makes of the rows what the columns read when a row alone does not say it. `view` are the
    rights of the page, one of which is needed. `nodes` are the paths to the nodes whose data the person must be allowed to take away,
    of every one of them; `customers` answers whose data a row tells of, in whose trails the export is noted. `page` is the name of the page's
    address, or gives the address for these filters.
    """

    code: str
    title: object
    columns: Columns | Callable[[User, Asked, datetime], Columns]
    rows: Callable[[User, Asked, datetime], QuerySet[Any]]
    view: tuple[Permission, ...]
    page: str | Callable[[Asked], str]
    nodes: tuple[str, ...] = ()
    customers: Callable[[Any], Iterable[int | None]] = lambda _row: ()
    read: Callable[[Sequence[Any], User, datetime], Iterable[Any]] = lambda rows, _user, _at: rows

    def shown(self, user: User, asked: Asked, at: datetime) -> Columns:
        """The columns the person takes away."""
        return self.columns(user, asked, at) if callable(self.columns) else self.columns

    def home(self, asked: Asked) -> str:
        """The address of the page, as it was narrowed. Raises OutOfScope where the filters name no page."""
        if isinstance(self.page, str):
            return f"{reverse(self.page)}?{asked.urlencode()}"
        try:
            address = self.page(asked)
        except NoReverseMatch as nowhere:
            raise OutOfScope from nowhere
        return f"{address}?{asked.urlencode()}"


_lists: dict[str, Listed] = {}


def register(listed: Listed) -> Listed:
    """Declare a list that can be taken away."""
    _lists[listed.code] = listed
    return listed


def find(code: str) -> Listed:
    """The list of that code. Raises OutOfScope."""
    if code not in _lists:
        raise OutOfScope()
    return _lists[code]


def registered() -> list[Listed]:
    """All of them by code."""
    return [_lists[code] for code in sorted(_lists)]


def export_url(request: HttpRequest, code: str, **more: str) -> str:
    """Where the person takes away the list on the page, with its filters and `more`; empty for who may not."""
    listed, access = find(code), access_of(cast(User, request.user))
    if not access.may(ExchangePermission.LIST_EXPORT) or not any(access.may(right) for right in listed.view):
        return ""
    kept = request.GET.copy()
    kept.pop("after", None)
    for name, value in more.items():
        kept[name] = value
    return f"{reverse('exchange:export', args=[code])}?{kept.urlencode()}"
