"""One sampling guide out of several: every instruction once, the order of each guide kept, the longest preparation first."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEADS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"前\s*(\d+)\s*个?月|(\d+)\s*个月内"), 30 * 24),
    (re.compile(r"前\s*(\d+)\s*周|(\d+)\s*周内"), 7 * 24),
    (re.compile(r"前\s*(\d+)\s*天"), 24),
    (re.compile(r"前\s*(\d+)\s*小时"), 1),
)
_NUMERALS = str.maketrans("一二两三四五六七八九", "1223456789")
_EVENING_BEFORE = 13
"""Hours from eight in the evening to nine in the morning."""


def lead_hours(line: str) -> int:
    """How many hours before the sample an instruction begins to bind; 0 when it says nothing about that.

    Reads what the guides write: 采血前 3 天, 采样前 48 小时, 前一天, 前一晚, 两周内.
    """
    text = line.translate(_NUMERALS)
    if re.search(r"前\s*1\s*晚", text):
        return _EVENING_BEFORE
    for pattern, hours in _LEADS:
        if found := pattern.search(text):
            return hours * int(next(number for number in found.groups() if number))
    return 0


def merge_guides(guides: Sequence[Sequence[str]]) -> list[str]:
    """Merge the guides of several tests into one (LAB-003).

    Each instruction appears once. What a guide puts before another stays before it; where guides are silent or
    contradict each other, the instruction that binds earliest comes first, then the earlier guide decides.
    """
    first_seen: dict[str, tuple[int, int]] = {}
    before: dict[str, set[str]] = {}
    for number, guide in enumerate(guides):
        lines = list(dict.fromkeys(guide))
        for position, line in enumerate(lines):
            first_seen.setdefault(line, (number, position))
            before.setdefault(line, set()).update(lines[:position])
    merged: list[str] = []
    open_lines = dict(first_seen)
    while open_lines:
        free = [line for line in open_lines if not before[line] & open_lines.keys()]
        chosen = min(free or open_lines, key=lambda line: (-lead_hours(line), open_lines[line]))
        merged.append(chosen)
        del open_lines[chosen]
    return merged
