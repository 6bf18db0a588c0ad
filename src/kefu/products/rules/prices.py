"""Totals of orders, and a package's price laid out over its items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal

from kefu.kernel.money import FEN, Line, total, yuan


def order_total(lines: Iterable[Line]) -> Decimal:
    """Σ price x number in yuan (LAB-001, PRD-002, Annex 4): a line is a price or a pair `(price, number)`."""
    return total(lines)


def spread(price: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Lay a package price over its items in proportion to their own prices, so that the parts add up to the fen.

    Fen left over by rounding go to the parts that lost most by it, earlier ones first. Items that are all free share
    equally. Raises ValueError without items or for a negative amount.
    """
    price = yuan(price)
    if not weights or price < 0 or min(weights) < 0:
        raise ValueError("a package needs items and amounts of at least zero")
    whole = sum(weights, Decimal(0))
    shares = [price * weight / whole if whole else price / len(weights) for weight in weights]
    parts = [share.quantize(FEN, rounding=ROUND_DOWN) for share in shares]
    left = int((price - sum(parts, Decimal(0))) / FEN)
    most_lost = sorted(range(len(parts)), key=lambda index: (parts[index] - shares[index], index))
    for index in most_lost[:left]:
        parts[index] += FEN
    return parts
