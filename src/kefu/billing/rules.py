"""How an amount is spread over what is owed, and what makes an amount one. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kefu.kernel.money import ZERO

Owed = Sequence[tuple[int, Decimal]]
"""Charges by id with what each still owes, the oldest first."""


def spread(amount: Decimal, owed: Owed) -> list[tuple[int, Decimal]]:
    """The parts of an amount by charge, the oldest filled first. The amount must not be more than all of it."""
    parts, left = [], amount
    for charge_id, open_amount in owed:
        part = min(left, open_amount)
        if part > 0:
            parts.append((charge_id, part))
            left -= part
    if left > ZERO:
        raise ValueError("more than is owed")
    return parts
