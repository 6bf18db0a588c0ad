"""The way from an empty installation to the first customer: what is done, what comes next.

    register_check("catalogue", _("产品与检测目录"), "/products/", lambda: Product.objects.exists(), order=40)

Modules register from their `slots.py`; each check costs one query and is asked only while something is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One step of the set-up: its words, the page on which it is done, and whether it is."""

    code: str
    label: object
    url: str
    done: Callable[[], bool]
    order: int


@dataclass(frozen=True)
class Step:
    """A check with its answer."""

    label: object
    url: str
    done: bool


_checks: dict[str, Check] = {}


def register_check(code: str, label: object, url: str, done: Callable[[], bool], order: int) -> None:
    """Add a step; registering the same code again replaces it."""
    _checks[code] = Check(code, label, url, done, order)


def steps() -> list[Step]:
    """Every step in order, with its answer."""
    return [Step(each.label, each.url, each.done()) for each in sorted(_checks.values(), key=lambda each: each.order)]
