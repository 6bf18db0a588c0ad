"""How long to wait before another attempt, and what stays of a message afterwards."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any


def wait_before_retry(attempts: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """Twice as long after each failed attempt, never longer than `longest`; `attempts` counts those made, from 1."""
    return min(first * (1 << min(attempts - 1, 30)), longest)


def kept(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What stays of a payload when its message has ended: of one that opens something (`secret`) not its words."""
    return {name: value for name, value in payload.items() if name != "body" or not payload.get("secret")}
