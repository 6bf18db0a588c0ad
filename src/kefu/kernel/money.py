"""Money: `Decimal` amounts in yuan (CNY) and the one rounding function."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

FEN = Decimal("0.01")
ZERO = Decimal("0.00")
MINUS = "\u2212"
"""The minus sign, as wide as a digit; the hyphen on the keyboard is not one."""

Number = Decimal | int
Line = Number | tuple[Number, Number]
"""A line of a bill: an amount, or a unit price with a quantity."""


def yuan(value: Decimal | int | str) -> Decimal:
    """Round to whole fen, halves away from zero. This is the only place where money is rounded.

    Never answers negative zero. Raises TypeError for a float (it has already lost the amount), ValueError for
    text that is no number and for infinite, undefined or absurdly large amounts.
    """
    if isinstance(value, (float, bool)):
        raise TypeError("money is Decimal, int or str, never float or bool")
    try:
        rounded = Decimal(value).quantize(FEN, rounding=ROUND_HALF_UP)
    except InvalidOperation as error:
        raise ValueError(f"not an amount of money: {value!r}") from error
    if not rounded.is_finite():
        raise ValueError(f"not an amount of money: {value!r}")
    return rounded + ZERO


def line_total(price: Number, quantity: Number) -> Decimal:
    """Unit price times quantity, rounded to fen."""
    return yuan(Decimal(price) * Decimal(quantity))


def total(lines: Iterable[Line]) -> Decimal:
    """Add up the lines of a bill (LAB-001, PRD-002); each line is rounded, as it is printed, and then added.

    A line is an amount or a pair `(unit price, quantity)`.
    """
    return sum((_line_amount(line) for line in lines), ZERO)


def _line_amount(line: Line) -> Decimal:
    if isinstance(line, tuple):
        price, quantity = line
        return line_total(price, quantity)
    return yuan(line)


def show(amount: Number) -> str:
    """Write an amount for people: `¥5,350.00`, and `−¥120.00` below zero."""
    rounded = yuan(amount)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}¥{abs(rounded):,.2f}"
