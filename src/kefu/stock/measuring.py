"""By what a warehouse is judged: measures, and the facts of other modules that go into them (STK-009).

A measure says something of warehouses over a span of time. Registering is done in the `measures.py` of the module that owns the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

TENTH = Decimal("0.1")
Slips = Literal["receipts", "issues"]


@dataclass(frozen=True)
class Figure:
    """What was measured, in the unit of its measure, and of how many lines or slips."""

    value: Decimal
    of: int


Figures = Callable[[Sequence[int], datetime, datetime], Mapping[int, Figure]]
"""Takes warehouses' ids and a span, from its first moment to before its last; where there was nothing, nothing is answered."""
Ordered = Callable[[OuterRef], QuerySet[Any]]
"""Takes the reference to a record's id and answers a column of moments, the first of which is when it was ordered."""
Faults = Callable[[OuterRef, datetime], QuerySet[Any]]
"""Takes the reference to a slip's id and the end of the span, and answers what went wrong with it."""


@dataclass(frozen=True)
class Measure:
    """One way to judge a warehouse: `note` says what counts, `spoken` how a value is said."""

    code: str
    label: object
    note: object
    figures: Figures
    spoken: Callable[[Decimal], object]


_measures: dict[str, Measure] = {}
_orders: dict[str, Ordered] = {}
_faults: dict[tuple[str, str], Faults] = {}


def register_measures(*measures: Measure) -> None:
    """Add ways to judge warehouses; a later one with the same code replaces the earlier."""
    _measures.update({measure.code: measure for measure in measures})


def registered_measures() -> list[Measure]:
    """Every measure, in the order of the modules."""
    return list(_measures.values())


def register_order(kind: str, ordered: Ordered) -> None:
    """Say when the records of a kind that goods leave for were ordered."""
    _orders[kind] = ordered


def orders() -> Mapping[str, Ordered]:
    """By the kind of record goods leave for: when it was ordered."""
    return dict(_orders)


def register_fault(slips: Slips, code: str, faults: Faults) -> None:
    """Say what goes wrong with stock-in or issue slips: a slip for which `faults` answers a row is not free of errors."""
    _faults[slips, code] = faults


def faulty(slips: Slips, until: datetime) -> Q:
    """The condition for slips of which some module knows an error."""
    found = Q(pk__in=[])
    for (kind, _code), faults in _faults.items():
        if kind == slips:
            found |= Q(Exists(faults(OuterRef("pk"), until)))
    return found


def share(right: int, whole: int) -> Figure:
    """So many right of so many, in per cent."""
    return Figure((Decimal(right * 100) / whole).quantize(TENTH), whole)


def percent(value: Decimal) -> object:
    """98.5 %."""
    return f"{value} %"


def hours(value: Decimal) -> object:
    """So many hours."""
    return gettext("%(hours)s 小时") % {"hours": value}
