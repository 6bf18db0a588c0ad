"""Where on a ladder somebody stands. Plain Python."""

from collections.abc import Collection, Sequence

Levels = Sequence[Sequence[str]]
"""The codes of the roles at each level, the lowest first."""


def first_above(levels: Levels, roles: Collection[str]) -> int | None:
    """The level that decides what a holder of these roles asks: the one above the highest he or she holds. None: not on this ladder, or at
    its top (ORG-014).
    """
    held = [position for position, codes in enumerate(levels) if set(codes) & set(roles)]
    return max(held) + 1 if held and max(held) + 1 < len(levels) else None
