"""Choosing how to find the first rows: gather all rows of the rarest token, or walk in order until enough have matched. Plain Python.

Measured on a million names, the planner errs by up to fifty times on array containment with a limit; these two costs, both in rows
read, stay within a small factor of the best plan for rare, middling and frequent terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kefu.foundation.search.tokens import Run

UNCHECKED = 0.05
"""Of the rows that carry the tokens of a long run, so many contain it."""
CORRELATED = 0.3
"""Pairs of one stretch of text come together: of the rows that carry the rarest pair, so many contain the stretch."""
SHORT_NUMBERS = {1: 0.6, 2: 0.1, 3: 0.01}
"""So many rows contain a number of so many digits, telephones being full of them."""
OWNED = 2_000
"""Customers of one person, where nothing better is known."""


class Plan(StrEnum):
    """Ways to find the first rows."""

    GATHER = "gather"  # every row of the rarest tokens by the index, then sort
    WALK = "walk"  # all rows in order until enough have matched, the scope as a filter
    WALK_ARMS = "walk_arms"  # the same within each node or owner, then merge


@dataclass(frozen=True)
class Arm:
    """Part of a scope: rows whose column has one of the values, and that meet an extra condition. An index leads with the column."""

    column: str
    values: Sequence[int]
    extra: str = ""
    partition: bool = False  # the values are those that the counts know as `@value`


def share(runs: Sequence[Run], counts: Mapping[str, int], total: int) -> float:
    """The share of rows expected to match, taking the runs of a query as independent of each other."""
    expected = 1.0
    for run in runs:
        if not run.tokens:
            expected *= SHORT_NUMBERS.get(len(run.text), 1.0)
            continue
        expected *= min(min(1.0, counts.get(token, 0) / total) for token in run.tokens)
        if not run.exact:
            expected *= CORRELATED if len(run.tokens) > 1 else UNCHECKED
    return expected


def choose(runs: Sequence[Run], counts: Mapping[str, int], *, arms: Sequence[Arm], wanted: int) -> Plan:
    """The plan that reads the fewest rows. A token the counts do not know is rare."""
    tokens = [token for run in runs for token in run.tokens]
    total = counts.get("", 0)
    if tokens and (not total or any(token not in counts for token in tokens)):
        return Plan.GATHER
    walk = Plan.WALK_ARMS if arms else Plan.WALK
    expected = share(runs, counts, total)
    costs = {walk: _walk_rows(expected, arms, counts, total, wanted)}
    if tokens:
        costs[Plan.GATHER] = float(min(counts[token] for token in tokens))
    if total and arms and all(arm.partition and not arm.extra for arm in arms):
        covered = sum(counts.get(f"@{value}", 0) for arm in arms for value in arm.values) / total
        costs[Plan.WALK] = _until(expected * covered, wanted, total)
    return min(costs, key=lambda plan: costs[plan])


def _walk_rows(expected: float, arms: Sequence[Arm], counts: Mapping[str, int], total: int, wanted: int) -> float:
    if not arms:
        return _until(expected, wanted, total)
    return sum(_until(expected, wanted, _size(arm, value, counts, total)) for arm in arms for value in arm.values)


def _size(arm: Arm, value: int, counts: Mapping[str, int], total: int) -> int:
    return counts.get(f"@{value}", 0) if arm.partition else min(OWNED, total)


def _until(expected: float, wanted: int, size: int) -> float:
    return float(size) if expected * size <= wanted else wanted / expected
