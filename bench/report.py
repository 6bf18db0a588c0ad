"""Bars, the table on the screen, and `bench/results.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from bench.contests import Result

BARS = {
    "customer.create": 8, "customer.import": 8, "customer.search": 3, "customer.list": 1.2, "appointment.book": 6, "appointment.free_slots": 5, "stock.allocate_fefo": 6, "stock.on_hand": 3, "stock.book_move": 5, "stock.count_1000_lines": 6, "lab.oru_ingest": 8,
    "outbox.claim_send": 8,
}  # fmt: skip
"""Ours to the limit, at most; by name or its beginning."""
FLAT = {"appointment.free_slots.month": 1.3, "stock.on_hand.product": 1.2, "stock.on_hand.warehouse": 1.2}
"""Cases with a limit that may not take longer than so many times what they do at the smallest size either."""
GROWTH = 1.3
"""A page may take so many times as long as at the smallest size, with the same queries."""


@dataclass(frozen=True)
class Verdict:
    """A result, the bar it was held to, and whether it held."""

    result: Result
    measured: float
    bar: float
    held: bool


def judge(results: Sequence[Result]) -> list[Verdict]:
    """Hold every result to its bar."""
    smallest: dict[str, Result] = {}
    return [_verdict(result, smallest.setdefault(result.name, result)) for result in results]


def _verdict(result: Result, smallest: Result) -> Verdict:
    if result.ratio is not None:
        bar = next(bar for name, bar in BARS.items() if result.name.startswith(name))
        flat = result.ours_ms <= FLAT.get(result.name, inf) * smallest.ours_ms
        return Verdict(result, result.ratio, bar, flat and result.ratio <= bar)
    growth = result.ours_ms / smallest.ours_ms
    return Verdict(result, growth, GROWTH, growth <= GROWTH and result.queries == smallest.queries)


def table(verdicts: Sequence[Verdict]) -> str:
    """One line for each result; pages show their growth since the smallest size."""
    lines = [f"{'case':42} {'size':>5} {'ours':>9} {'limit':>9} {'ratio':>7} {'bar':>5} {'queries':>8}"]
    for verdict in verdicts:
        one = verdict.result
        limit = f"{one.limit_ms:9.3f}" if one.limit_ms is not None else f"{'-':>9}"
        mark = " " if verdict.held else "  MISSED"
        lines.append(
            f"{one.name:42} {one.size:>5} {one.ours_ms:9.3f} {limit} {verdict.measured:6.2f}x {verdict.bar:4.1f}x {one.queries:8}{mark} {one.detail}".rstrip()
        )
    return "\n".join(lines) + "\n"


def write(results: Sequence[Result], path: Path) -> None:
    """Keep the figures for programs."""
    rows = [
        {"name": one.name, "size": one.size, "ours_ms": round(one.ours_ms, 4), "limit_ms": _rounded(one.limit_ms, 4),
         "ratio": _rounded(one.ratio, 2), "queries": one.queries, "unit": one.unit}
        for one in results
    ]  # fmt: skip
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
