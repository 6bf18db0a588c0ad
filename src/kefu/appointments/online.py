"""Doctors whom customers do not book by themselves: the customers' own pages say which (APT-001)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

Naming = Callable[[datetime], Collection[str]]
"""Answers the job numbers of those who are booked by staff only."""
_namings: list[Naming] = []


def offline(function: Naming) -> Naming:
    """Let a function name doctors whom only staff book."""
    if function not in _namings:
        _namings.append(function)
    return function


def offline_doctors(at: datetime) -> set[str]:
    """The job numbers of the doctors whom only staff book."""
    return {number for naming in _namings for number in naming(at)}
