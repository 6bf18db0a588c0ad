"""Which of several prices holds, and what to offer instead of a product. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

PROMOTION = "promotion"


class Priced(Protocol):
    """A price for a place (None: everywhere) of a kind."""

    @property
    def node_id(self) -> int | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def price(self) -> Decimal: ...


P = TypeVar("P", bound=Priced)


def holding(prices: Iterable[P], path: Sequence[int]) -> P | None:
    """The price that holds at a place, of those of one product for one day: a promotion before a list price, the nearer place
    before the farther, everywhere last (PRD-014). `path` leads from the place up to the top.
    """
    farness = {node: steps for steps, node in enumerate(path)}
    fitting = [one for one in prices if one.node_id is None or one.node_id in farness]
    return min(fitting, key=lambda one: (one.kind != PROMOTION, _farness(one.node_id, farness)), default=None)


def _farness(node: int | None, farness: dict[int, int]) -> int:
    return len(farness) if node is None else farness[node]


@dataclass(frozen=True)
class Offer:
    """Something that can be sold: its category, price in yuan and packs that could leave now."""

    code: str
    category: int
    price: Decimal
    packs: int


def equal_offers(wanted: Offer, others: Iterable[Offer]) -> list[Offer]:
    """For a sold-out product: those of the same category at the same price that are there, most packs first (PRD-014)."""
    fitting = [one for one in others if _similar(wanted, one) and one.price == wanted.price]
    return sorted(fitting, key=lambda one: (-one.packs, one.code))


def cheaper_offers(wanted: Offer, others: Iterable[Offer]) -> list[Offer]:
    """For somebody who bargains: cheaper ones of the same category that are there, the dearest of them first (PRD-014)."""
    fitting = [one for one in others if _similar(wanted, one) and one.price < wanted.price]
    return sorted(fitting, key=lambda one: (-one.price, one.code))


def _similar(wanted: Offer, other: Offer) -> bool:
    return other.category == wanted.category and other.code != wanted.code and other.packs > 0
