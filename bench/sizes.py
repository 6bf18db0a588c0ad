"""Sizes of a run, in customers: `10k,100k,1m`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SIZE = re.compile(r"(\d+)([km]?)")
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}
SMALLEST, LARGEST = 1_000, 10_000_000


@dataclass(frozen=True, order=True)
class Size:
    """So many customers, and how the size is written."""

    customers: int
    label: str


def parse_sizes(text: str) -> list[Size]:
    """The sizes named in a text, smallest first, each once. Raises ValueError for anything else."""
    found = {_size(part.strip().lower()) for part in text.split(",") if part.strip()}
    if not found:
        raise ValueError("name at least one size, such as 10k")
    return sorted(found)


def _size(text: str) -> Size:
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a size like 10k, 100k or 1m")
    customers = int(match[1]) * _FACTORS[match[2]]
    if not SMALLEST <= customers <= LARGEST:
        raise ValueError(f"{text!r} is not between 1k and 10m")
    return Size(customers, text)
