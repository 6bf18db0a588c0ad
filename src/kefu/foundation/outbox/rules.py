"""How long to wait before another attempt, what stays of a message afterwards, and by which key the other side knows it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

WORDS = frozenset({"body", "values"})


def wait_before_retry(attempts: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """Twice as long after each failed attempt, never longer than `longest`; `attempts` counts those made, from 1."""
    return min(first * (1 << min(attempts - 1, 30)), longest)


def kept(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What stays of a payload when its message has ended: of one that opens something (`secret`) not its words."""
    return {name: value for name, value in payload.items() if name not in WORDS or not payload.get("secret")}


def forgotten(payload: Mapping[str, Any]) -> bool:
    """Whether the words of a payload are gone, so that it can't be sent again."""
    return bool(payload.get("secret")) and "body" not in payload


def wire_key(key: str, resends: int) -> str:
    """The key the other side gets: the same in every attempt, another one when a person sends again what had been taken."""
    return f"{key}~{resends}" if resends else key


def own_key(wire: str) -> tuple[str, int]:
    """The key of the message and the number of its resend behind a key the other side got."""
    key, mark, resends = wire.rpartition("~")
    return (key, int(resends)) if mark and resends.isdecimal() else (wire, 0)
