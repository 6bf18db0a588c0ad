"""By what a customer's value is judged: metrics registered by the modules that own the facts (CUS-017).

A metric measures customers over a span of time; how much it counts is a limit, so that a change of the standard holds from a day on and the
older one stays known (CUS-018). Registering is done in the module's `measures.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import Limit, limit

Values = Callable[[Sequence[int], datetime | None, datetime], Mapping[int, Decimal]]
"""Takes customers' ids and a span, from its first moment (None: ever) to before its last; who has nothing may be left out."""
Spoken = Callable[[Decimal], object]
AMOUNT = "amount"
"""The metric that is turnover when it is taken over a year."""


def _as_it_is(value: Decimal) -> object:
    return f"{value.normalize():f}"


@dataclass(frozen=True)
class Metric:
    """One way to judge a customer's value. `yearly`: measured over the last twelve months instead of ever."""

    code: str
    label: object
    weight: Limit[int]
    values: Values
    yearly: bool = False
    spoken: Spoken = _as_it_is


_metrics: dict[str, Metric] = {}


def weighing(code: str, default: int, label: object) -> Limit[int]:
    """The limit that says how much a metric counts among the others."""
    words = format_lazy("{begin}{label}", begin=_("客户价值的权重："), label=label)
    return limit(f"customers.value_weight_{code}", default, words, source="CUS-017")


def register_metrics(*metrics: Metric) -> None:
    """Add ways to judge value; a later one with the same code replaces the earlier."""
    _metrics.update({metric.code: metric for metric in metrics})


def registered_metrics() -> list[Metric]:
    """Every metric, in the order of the modules."""
    return list(_metrics.values())


def metric(code: str) -> Metric | None:
    """The metric of that code, if a module registered it."""
    return _metrics.get(code)
