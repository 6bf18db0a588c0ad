"""Which facts a product still lacks before it may be sold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def missing_facts(needed: Iterable[str], told: Iterable[str]) -> tuple[str, ...]:
    """The needed facts that are not told yet, in the order in which they are needed (PRD-015)."""
    there = set(told)
    return tuple(fact for fact in needed if fact not in there)


def packing_steps(own: Sequence[str], usual: Sequence[str], *, fragile: bool) -> tuple[str, ...]:
    """How a product is packed: by its own steps; without them fragile goods by the usual ones, others by none (STK-007)."""
    return tuple(own) or (tuple(usual) if fragile else ())
