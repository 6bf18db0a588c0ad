"""From what was measured to five tiers: plain decisions without tables and clock (CUS-017, CUS-018, CUS-040)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kefu.customers.choices import Tier

ABOVE = {
    Tier.VIP: Tier.VIP,
    Tier.MAIN: Tier.VIP,
    Tier.POTENTIAL: Tier.VIP,
    Tier.ORDINARY: Tier.MAIN,
    Tier.GENERAL: Tier.ORDINARY,
}
"""By which tier's turnover one sees what a tier could still bring; the VIPs have only themselves."""
MIDDLE, UPPER = 50, 75
"""The percentiles that are the mark: of the tier above, and of the VIPs for themselves."""


@dataclass(frozen=True)
class Shares:
    """How many of a hundred are VIP, main and ordinary customers; the others are general. `growth` makes a potential VIP, in percent."""

    vip: int
    main: int
    ordinary: int
    growth: int


def behind(values: Sequence[int]) -> list[int]:
    """For each value how many are less: the percentile rank before it is divided. Equal values rank alike."""
    ordered = sorted(values)
    return [bisect_left(ordered, value) for value in values]


def weighed(columns: Sequence[Sequence[int]], weights: Sequence[int]) -> list[int]:
    """The weighted sum of ranks, one column of values per metric; more of one metric never lowers the sum."""
    many = len(columns[0]) if columns else 0
    sums = [0] * many
    for column, weight in zip(columns, weights, strict=True):
        for place, rank in enumerate(behind(column)):
            sums[place] += weight * rank
    return sums


def score_of(weighed_rank: int, weights: Sequence[int], many: int) -> int:
    """The sum in hundredths of a point, from 0 to 10000: 100 points are better than everybody else in everything."""
    most = sum(weights) * (many - 1)
    return weighed_rank * 10000 // most if most > 0 else 0


def rises(now: int, before: int, growth: int) -> bool:
    """Whether a year's turnover is above that of the year before by so many percent at least; who bought nothing then has not grown."""
    return now > before > 0 and now * 100 >= before * (100 + growth)


def tiers_of(sums: Sequence[int], rising: Sequence[bool], shares: Shares) -> list[Tier]:
    """Everybody's tier, the best first; of equal ones the customer who stands earlier in the list.

    The first so many of a hundred are VIP, rounded up (20 of 100: 250 customers, 50 VIPs). Who would be a main or ordinary customer and
    rises is a potential VIP.
    """
    many = len(sums)
    ends = [
        _up_to(many, part)
        for part in (shares.vip, shares.vip + shares.main, shares.vip + shares.main + shares.ordinary)
    ]
    tiers = [Tier.GENERAL] * many
    for place, one in enumerate(sorted(range(many), key=lambda each: (-sums[each], each))):
        if place < ends[0]:
            tiers[one] = Tier.VIP
        elif place < ends[2]:
            usual = Tier.MAIN if place < ends[1] else Tier.ORDINARY
            tiers[one] = Tier.POTENTIAL if rising[one] else usual
    return tiers


def _up_to(many: int, percent: int) -> int:
    return min(many, -(-many * percent // 100))


def percentile(values: Sequence[int], percent: int) -> int:
    """The value that so many of a hundred do not exceed; 0 without values."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0


def marks_of(turnovers: Mapping[Tier, Sequence[int]]) -> dict[Tier, int]:
    """For each tier the turnover that a customer of it could reach: the middle of the next higher tier, of the VIPs their upper quarter.

    Where nobody is in the tier above, the one above that counts.
    """
    marks = {}
    for tier in Tier:
        above = ABOVE[tier]
        while not turnovers.get(above) and above != Tier.VIP:
            above = ABOVE[above]
        marks[tier] = percentile(turnovers.get(above, ()), UPPER if tier == Tier.VIP else MIDDLE)
    return marks


def untapped(turnover: int, mark: int) -> int:
    """What a customer could still bring: up to the mark, never less than nothing."""
    return max(0, mark - turnover)
