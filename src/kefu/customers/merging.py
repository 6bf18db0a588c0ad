"""What a merge of two customers does with every table that points at a customer.

Each module declares its keys in `slots.py`; a build guard refuses a key to a customer without a handler. Whatever a handler changes
it changes through `Joining`, which keeps what stood before, so that the merge can be undone row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from kefu.customers.models import Merge, MergeMove


class Handling(StrEnum):
    """What happens to rows of the customer that is merged away."""

    REPOINT = "repoint"  # they move to the surviving customer
    COMBINE = "combine"  # a function decides row by row
    REFUSE = "refuse"  # while both have any, the merge is refused
    KEEP = "keep"  # they stay, and are read under both ids


class Joining:
    """One merge at work: the two ids, the moment, and the only way in which a handler writes."""

    def __init__(self, merge: Merge, at: datetime) -> None:
        self.merge, self.at = merge, at
        self.survivor_id, self.merged_id = merge.survivor_id, merge.merged_id

    def set(self, rows: QuerySet[Any], **values: object) -> None:
        """Write values to the rows and keep what stood there, one line of the journal for all rows that stood alike."""
        groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for pk, *before in rows.order_by("pk").values_list("pk", *values):
            if before != list(values.values()):
                groups[tuple(before)].append(pk)
        model = rows.model
        for before, ids in groups.items():
            model._base_manager.filter(pk__in=ids).update(**values)
            MergeMove.objects.create(
                merge=self.merge, model=model._meta.label, rows=ids, after={name: plain(value) for name, value in values.items()},
                before={name: plain(value) for name, value in zip(values, before, strict=True)},
            )  # fmt: skip


def plain(value: object) -> object:
    """A value as the journal keeps it: moments in full, which JSON as Django writes it would round."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


Combine = Callable[[Joining], None]


@dataclass(frozen=True)
class Obstacle:
    """Something that has to be settled before two customers become one, and where."""

    text: object
    url: str = ""


Look = Callable[[int, int], list[Obstacle]]
"""Takes the surviving and the merged customer's id."""


@dataclass(frozen=True)
class Handler:
    """The declared handling of one key. `label` names the rows to people; without one they are not counted on screen."""

    model: str
    field: str
    handling: Handling
    combine: Combine | None = None
    label: object = ""

    def rows_of(self, customer_id: int) -> QuerySet[Any]:
        """The rows that point at a customer by this key."""
        model: type[Model] = apps.get_model(self.model)
        return model._base_manager.filter(Q(**{self.field: customer_id}))


_handlers: dict[tuple[str, str], Handler] = {}
_looks: list[Look] = []


def repoint(model: str, field: str, label: object = "") -> None:
    """Rows of `app.Model` move with the merge."""
    _handlers[model, field] = Handler(model, field, Handling.REPOINT, None, label)


def combine(model: str, field: str, function: Combine, label: object = "") -> None:
    """The function combines the rows of both customers."""
    _handlers[model, field] = Handler(model, field, Handling.COMBINE, function, label)


def refuse(model: str, field: str, label: object = "") -> None:
    """Two customers who both have such rows are not merged; of one alone they move."""
    _handlers[model, field] = Handler(model, field, Handling.REFUSE, None, label)


def keep(model: str, field: str) -> None:
    """Rows stay with the customer they were written for: the trail, and what speaks of both customers as they were."""
    _handlers[model, field] = Handler(model, field, Handling.KEEP)


def look(function: Look) -> Look:
    """Register what may stand in the way of a merge."""
    _looks.append(function)
    return function


def handlers() -> dict[tuple[str, str], Handler]:
    """Every declared handler by model label and field."""
    return dict(_handlers)


def obstacles(survivor_id: int, merged_id: int) -> list[Obstacle]:
    """What every module says stands in the way, in the order of the modules."""
    return [found for function in _looks for found in function(survivor_id, merged_id)]


def both_have(survivor_id: int, merged_id: int) -> list[Handler]:
    """The keys that refuse a merge while both customers have such rows."""
    refusing = [one for one in _handlers.values() if one.handling is Handling.REFUSE]
    return [one for one in refusing if one.rows_of(survivor_id).exists() and one.rows_of(merged_id).exists()]


def join(joining: Joining) -> None:
    """Bring everything of the merged customer to the surviving one. Again, it brings what came late."""
    for handler in _handlers.values():
        if handler.combine is not None:
            handler.combine(joining)
        elif handler.handling in (Handling.REPOINT, Handling.REFUSE):
            joining.set(handler.rows_of(joining.merged_id), **{_column(handler): joining.survivor_id})


def _column(handler: Handler) -> str:
    return str(apps.get_model(handler.model)._meta.get_field(handler.field).attname)
