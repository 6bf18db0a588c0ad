"""Opaque ids of the API: a prefix that names the kind, and the primary key (`cus_15`)."""

from __future__ import annotations

import re

MAX_KEY = 2**63 - 1
"""The largest primary key PostgreSQL's bigint holds."""

_KEY = re.compile(r"[1-9][0-9]{0,18}")


def ident(prefix: str, pk: int) -> str:
    """Write a primary key as an API id, as in `ident("cus", 15) == "cus_15"`.

    Raises ValueError for a key that no row can have.
    """
    if not 1 <= pk <= MAX_KEY:
        raise ValueError(f"not a primary key: {pk}")
    return f"{prefix}_{pk}"


def parse_number(text: str | None) -> int | None:
    """A primary key as an address or a form gives it; None for what is none, however long."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def parse_ident(text: object, prefix: str) -> int | None:
    """Read an API id back into a primary key, or answer None. Never raises.

    Exactly one spelling is accepted per key: no leading zeros, signs, spaces or digits of other scripts.
    """
    if not isinstance(text, str) or not text.startswith(f"{prefix}_"):
        return None
    digits = text[len(prefix) + 1 :]
    if not _KEY.fullmatch(digits):
        return None
    key = int(digits)
    return key if key <= MAX_KEY else None
