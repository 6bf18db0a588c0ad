"""Which lot leaves first, which may leave at all, and what will be left over. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, Protocol, TypeVar

from kefu.kernel.months import add_months

BandCode = Literal["expired", "urgent", "soon", "later", "undated"]
DAYS_A_MONTH = Decimal("30.4375")


@dataclass(frozen=True)
class Shelf:
    """Good packs of one lot in one zone, from which may be taken."""

    balance_id: int
    lot_id: int
    product_id: int
    quantity: int
    expiry: date | None
    received_on: date


@dataclass(frozen=True)
class Take:
    """So many packs from one shelf."""

    shelf: Shelf
    packs: int


class Dated(Protocol):
    """Anything with an expiry and a first receipt."""

    @property
    def expiry(self) -> date | None: ...
    @property
    def received_on(self) -> date: ...
    @property
    def lot_id(self) -> int: ...


L = TypeVar("L", bound=Dated)


def expired(expiry: date | None, today: date) -> bool:
    """Whether the last good day is past; goods are good through their expiry day."""
    return expiry is not None and expiry < today


def leaves_in_time(expiry: date | None, today: date, days_left: int) -> bool:
    """Whether the last day of issue, so many days before the expiry, is not past."""
    return expiry is None or expiry >= today + timedelta(days=days_left)


def in_order(shelves: Iterable[L], policy: str) -> list[L]:
    """The order of leaving (STK-005, STK-014): `fefo` by earliest expiry, then oldest receipt; `fifo` by oldest receipt.

    Lots without expiry come after those with one.
    """

    def by_expiry(shelf: L) -> tuple[object, ...]:
        return (shelf.expiry or date.max, shelf.received_on, shelf.lot_id)

    def by_receipt(shelf: L) -> tuple[object, ...]:
        return (shelf.received_on, shelf.expiry or date.max, shelf.lot_id)

    return sorted(shelves, key=by_receipt if policy == "fifo" else by_expiry)


def allocate(ordered: Sequence[Shelf], packs: int) -> list[Take]:
    """Take packs from shelves in the given order, each emptied before the next; fewer than wanted when they do not suffice.

    Annex 4: 30 wanted, 12 in the June lot: 12 + 18.
    """
    takes: list[Take] = []
    for shelf in ordered:
        if packs <= 0:
            break
        taken = min(packs, shelf.quantity)
        if taken > 0:
            takes.append(Take(shelf, taken))
            packs -= taken
    return takes


def long_enough(expiry: date | None, received_on: date, months: int) -> bool:
    """Whether goods bought in that day keep for at least so many months."""
    return expiry is None or expiry >= add_months(received_on, months)


def band(expiry: date | None, today: date, urgent: int, soon: int) -> BandCode:
    """How near the expiry is, with the days that count as urgent and as soon; the boundary days belong to the nearer band."""
    if expiry is None:
        return "undated"
    if expiry < today:
        return "expired"
    if expiry <= today + timedelta(days=urgent):
        return "urgent"
    return "soon" if expiry <= today + timedelta(days=soon) else "later"


def left_at_expiry(quantities: Sequence[tuple[int, int]], per_day: Decimal) -> list[int]:
    """Of lots in their order of leaving, given as `(packs, days until expiry)`, the packs that will not be used in time.

    Lots leave one after another at `per_day`; what is left of one at its expiry is lost and frees the days for the next.
    """
    lost: list[int] = []
    used_days = Decimal(0)
    for packs, days in quantities:
        usable = max(Decimal(0), (Decimal(days + 1) - used_days) * per_day)
        kept = min(Decimal(packs), usable)
        lost.append(int(Decimal(packs) - kept.to_integral_value(rounding="ROUND_FLOOR")))
        if per_day:
            used_days += kept / per_day
    return lost


def count_again(variance: int, cost: Decimal | None, packs: int, money: Decimal) -> bool:
    """Whether a difference is above what is tolerated, in packs or at what the lot was bought for (STK-010)."""
    return abs(variance) > packs or abs(variance) * (cost or Decimal(0)) > money
