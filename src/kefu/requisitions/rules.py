"""How much a branch needs, and what is still open of what was sent. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """What was known of a product at a branch when its need was worked out; packs.

    `par` is what should lie there (None: not set), `free` what may leave to customers, `coming` what is on its way, `ordered` asked
    for before and not sent yet, `sold` what left to customers in the sales window, `waiting` what customers ordered and nobody set aside.
    """

    par: int | None
    free: int
    coming: int
    ordered: int
    sold: int
    waiting: int

    @property
    def shortfall(self) -> int:
        """Packs below par, with what is coming and asked for counted in."""
        return max(0, (self.par or 0) - self.free - self.coming - self.ordered)


def proposed(need: Need, *, window: int, cover: int) -> int:
    """Packs to ask for (STK-013): up to par, or up to what `cover` days sell at the pace of the last `window` days, whichever is
    more, and what customers wait for, less what is free, coming and asked for.

    Par 20, sold 45 in 90 days, cover 30: 15 a month, so 20; 3 wait, 6 free, 4 coming: 20 + 3 - 10 = 13.
    """
    pace = -(-max(0, need.sold) * cover // window)
    return max(0, max(need.par or 0, pace) + need.waiting - need.free - need.coming - need.ordered)


def short(packs: int, *settled: int) -> int:
    """Packs of a line whose whereabouts are not settled yet."""
    return packs - sum(settled)


def differing(first: dict[int, tuple[int, int]], second: dict[int, tuple[int, int]]) -> list[int]:
    """The lines on which two people counted other figures, by id."""
    return sorted(line for line in first.keys() | second.keys() if first.get(line) != second.get(line))


def points(words: str, known: Iterable[str]) -> list[str]:
    """The packing points that are asked for, in their order; words that are no point are passed over."""
    wanted = {word.strip() for word in words.replace("，", ",").split(",")}
    return [point for point in known if point in wanted]
