"""What an erasure does with every table that speaks of a customer.

Each module says it in `slots.py`, where the table is contributed to what is held about a person; a build guard refuses a table, and a
column that can hold words, of which nothing is said. What stays must say nothing of the person: counts, amounts, days, codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.apps import apps
from django.db.models import Max, Model, QuerySet
from django.utils import timezone

GONE = "已删除"
"""What stands where words about an erased person stood."""


@dataclass(frozen=True)
class Scrub:
    """The rows stay without what they say of the person: `columns` are emptied, `keep` are words that are about the matter only.

    A filled text reads `GONE` afterwards, or what `values` says; other columns get what they are when nothing was entered.
    """

    columns: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Remove:
    """The rows go."""


@dataclass(frozen=True)
class Keep:
    """The rows stay as they are, and why."""

    reason: str


Erasing = Scrub | Remove | Keep
REMOVE = Remove()


@dataclass(frozen=True)
class Erased:
    """A table with what happens to it; `path` leads from its rows to the customer, or from those of the table `over`, whose key `key`
    points at it."""

    model: str
    path: str
    how: Erasing
    over: str = ""
    key: str = ""

    def ids(self, customers: Sequence[int]) -> list[int]:
        """The rows of these customers."""
        model: type[Model] = apps.get_model(self.over or self.model)
        rows: QuerySet[Model] = model._base_manager.filter(**{f"{self.path}__in": customers})
        found = rows.values_list(self.key or "pk", flat=True).distinct()
        return sorted(pk for pk in found if pk is not None)


def scrub(*columns: str, keep: Sequence[str] = (), **values: object) -> Scrub:
    """Empty these columns, keep those; `values` are written besides."""
    return Scrub(columns, tuple(keep), values)


_erased: dict[tuple[str, str, str], Erased] = {}
_services: list[tuple[str, str, str]] = []
_afterwards: list[Callable[[Sequence[int], datetime], None]] = []


def erases(model: str, path: str, how: Erasing, *, over: str = "", key: str = "") -> None:
    """Say what an erasure does with the rows of `app.Model` that `path` leads to the customer."""
    _erased[model, path, over] = Erased(model, path, how, over, key)


def service(model: str, path: str, moment: str) -> None:
    """Rows of `app.Model` are part of the medical record, which the law keeps; `moment` is when the service was given."""
    _services.append((model, path, moment))


def afterwards(function: Callable[[Sequence[int], datetime], None]) -> None:
    """Register what a module does itself once the rows are gone, with the ids of the erased customers."""
    _afterwards.append(function)


def erasings() -> list[Erased]:
    """Every declared table, in the order of the modules."""
    return list(_erased.values())


def follow(customers: Sequence[int], at: datetime) -> None:
    """Let every module do what only it can."""
    for function in _afterwards:
        function(customers, at)


def last_service(customers: Sequence[int]) -> date | None:
    """The day of the last service with a medical record; None for somebody who never had any."""
    found = []
    for label, path, moment in _services:
        rows = apps.get_model(label)._base_manager.filter(**{f"{path}__in": customers})
        found.append(rows.aggregate(last=Max(moment))["last"])
    return max((timezone.localdate(one) for one in found if one is not None), default=None)
