"""How an amount is spread over what is owed, what units of a package are worth, and the weeks they are reconciled by. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from kefu.kernel.money import ZERO, yuan

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


def worth(amount: Decimal, sold: int, gone: int, units: int, back: Decimal) -> Decimal:
    """What so many of the units sold for an amount are worth, after `gone` of them went back for `back`: all parts together are exactly the amount."""
    return max(ZERO, yuan(amount * (gone + units) / sold) - back)


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
