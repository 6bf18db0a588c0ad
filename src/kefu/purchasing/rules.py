"""Arithmetic of purchasing: what to buy, whether two counts are the same, how many people must agree. Plain Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Weights:
    """How much of each input counts, in percent."""

    sales: int = 100
    demand: int = 100
    safety: int = 100
    lead: int = 0
    stock: int = 100
    coming: int = 100


@dataclass(frozen=True)
class Inputs:
    """What is known of a product, in packs: `issued` in a cycle of `cycle_days`, open customer `demand`, what lies there and is free
    (`free`), what comes by transfer or order (`coming`), and the days the supplier needs."""

    issued: int
    demand: int
    free: int
    coming: int
    safety: int
    lead_days: int
    cycle_days: int


def propose(inputs: Inputs, weights: Weights, *, multiple: int, minimum: int) -> int:
    """Packs to buy (STK-001, Annex 4 example 9): sales of a cycle + demand + safety + sales while the supplier delivers - free - coming.

    Each part by its weight; nothing below one pack, else at least `minimum`, rounded up to whole `multiple`s.
    """
    per_day = Fraction(inputs.issued, max(inputs.cycle_days, 1))
    need = (
        inputs.issued * weights.sales
        + inputs.demand * weights.demand
        + inputs.safety * weights.safety
        + per_day * inputs.lead_days * weights.lead
        - inputs.free * weights.stock
        - inputs.coming * weights.coming
    ) / Fraction(100)
    if need <= 0:
        return 0
    packs = max(-(-need.numerator // need.denominator), minimum)
    return -(-packs // multiple) * multiple


def fits_pack(packs: int, multiple: int, minimum: int) -> bool:
    """Whether a supplier takes an order of so many packs."""
    return packs >= minimum and packs % multiple == 0


def levels_needed(amount: Decimal, second_above: Decimal) -> int:
    """How many different people must agree: one, or two above an amount; 0 means that there is no second level (STK-002)."""
    return 2 if 0 < second_above < amount else 1


@dataclass(frozen=True, order=True)
class Figure:
    """What one person counted of one lot: packs in order and damaged ones."""

    product_id: int
    lot: str
    expiry: date | None
    packs: int
    damaged: int


def digest(figures: Iterable[Figure]) -> str:
    """A text that is the same for the same figures in any order, and for no others (STK-003)."""
    rows = sorted(
        (one.product_id, one.lot, one.expiry.isoformat() if one.expiry else "", one.packs, one.damaged)
        for one in figures
    )
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@dataclass(frozen=True)
class Difference:
    """A lot on which two counts do not agree; None where one side does not have it."""

    product_id: int
    lot: str
    keeper: Figure | None
    product: Figure | None


def differences(keeper: Iterable[Figure], product: Iterable[Figure]) -> list[Difference]:
    """Where two counts differ, by product and lot; empty for the same figures."""
    ours = {(one.product_id, one.lot): one for one in keeper}
    theirs = {(one.product_id, one.lot): one for one in product}
    return [
        Difference(*key, ours.get(key), theirs.get(key))
        for key in sorted(ours.keys() | theirs.keys())
        if ours.get(key) != theirs.get(key)
    ]


def too_many(counted: Mapping[int, int], ordered: Mapping[int, int], received: Mapping[int, int]) -> dict[int, int]:
    """By product, the packs counted beyond what is still to come of the order; damaged ones count as delivered."""
    over = {
        product: packs - max(ordered.get(product, 0) - received.get(product, 0), 0)
        for product, packs in counted.items()
    }
    return {product: packs for product, packs in over.items() if packs > 0}
