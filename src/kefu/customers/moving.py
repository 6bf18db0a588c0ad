"""What a move of customers to another place does with everything that is under way for them.

Each module declares its kinds of open work in `slots.py`: what stands in the way, what stays where it is, what follows. A build guard
refuses a table with a place and a customer that says neither. Whatever follows is written through `Carrying`, which keeps what stood
before, so that a move is undone row by row (ORG-013).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, QuerySet

from kefu.foundation.sentences.saying import Sentence
from kefu.organisation.models import Node

Ids = Collection[int] | QuerySet[Any]
Step = dict[str, Any]
"""Rows of one table of one customer that stood alike: model, rows, before, after."""


class Fate(StrEnum):
    """What becomes of open work when the customer moves."""

    HINDERS = "hinders"  # the customer stays until it is settled
    STAYS = "stays"  # it is finished where it was begun
    FOLLOWS = "follows"  # the new place goes on with it


@dataclass
class Carrying:
    """Customers on their way to a place, and the only way in which a module writes for them."""

    customers: Collection[int]
    target: Node
    at: datetime
    steps: dict[int, list[Step]] = field(default_factory=lambda: defaultdict(list))

    def set(self, rows: QuerySet[Any], **values: int | str | None) -> None:
        """Write values to rows of these customers (they have a `customer_id`) and keep what stood there."""
        alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for pk, customer_id, *before in rows.order_by("pk").values_list("pk", "customer_id", *values):
            if before != list(values.values()):
                alike[customer_id, *before].append(pk)
        model = rows.model
        for (customer_id, *before), ids in alike.items():
            model._base_manager.filter(pk__in=ids).update(**values)
            step = {
                "model": model._meta.label,
                "rows": ids,
                "before": dict(zip(values, before, strict=True)),
                "after": dict(values),
            }
            self.steps[int(str(customer_id))].append(step)


@dataclass(frozen=True)
class OpenWork:
    """A kind of open work. `rows(ids, at)` are those of these customers, each with a `customer_id`; `note` says what becomes of it."""

    code: str
    order: int
    label: Sentence
    fate: Fate
    note: Sentence
    rows: Callable[[Ids, datetime], QuerySet[Any]]
    carry: Callable[[Carrying], None] | None = None


_works: dict[str, OpenWork] = {}
_kept: dict[tuple[str, str], str] = {}


def register_open_work(*works: OpenWork) -> None:
    """Declare kinds of open work; a later one of the same code replaces the earlier."""
    _works.update({work.code: work for work in works})


def keep_place(model: str, field_name: str, why: str) -> None:
    """Say of a table with a customer and a place why the place does not change with the customer, or what changes it."""
    _kept[model, field_name] = why


def open_works() -> list[OpenWork]:
    """Every declared kind, in the order in which people read them."""
    return sorted(_works.values(), key=lambda work: work.order)


def places_declared() -> Mapping[tuple[str, str], str]:
    """Every declared place by model label and field, with the reason."""
    return dict(_kept)


def counted(work: OpenWork, ids: Ids, at: datetime) -> dict[int, int]:
    """How many of a kind each of these customers has; those without are left out."""
    found = work.rows(ids, at).order_by().values("customer_id").annotate(count=Count("pk"))
    return {row["customer_id"]: row["count"] for row in found}


def hindered(ids: Ids, at: datetime) -> dict[int, OpenWork]:
    """The first thing that stands in each customer's way."""
    found: dict[int, OpenWork] = {}
    for work in open_works():
        if work.fate is Fate.HINDERS:
            for customer_id in counted(work, ids, at):
                found.setdefault(customer_id, work)
    return found


def following(model: str, ids: Ids, at: datetime) -> set[int]:
    """The rows of a table that follow these customers as they stand now: what is finished by then does not."""
    works = (work.rows(ids, at) for work in open_works() if work.carry is not None)
    return {pk for rows in works if rows.model._meta.label == model for pk in rows.values_list("pk", flat=True)}


def carry(carrying: Carrying) -> None:
    """Let what follows the customers follow."""
    for work in open_works():
        if work.carry is not None:
            work.carry(carrying)
