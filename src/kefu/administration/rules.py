"""What names, periods and values must look like. Plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
JOB_NUMBER = re.compile(r"[A-Za-z0-9-]{1,20}")
LARGEST = 10_000_000
MIDNIGHT = time(0)

Value = int | Decimal | str | bool | list[int]


def overlap(start: date, end: date | None, other_start: date, other_end: date | None) -> bool:
    """Whether two periods `[start, end)` of days share a day; an end of None is never."""
    return (end is None or other_start < end) and (other_end is None or start < other_end)


def plain_code(text: str) -> str:
    """A code as somebody typed it, in the one way it is compared: full-width digits, spaces, hyphens and capitals do not matter."""
    return re.sub(r"[\s\-－–]", "", unicodedata.normalize("NFKC", text)).lower()


def role_codes(text: str) -> frozenset[str]:
    """The role codes of a limit such as `admin, centre_director`; `none` stands for no role."""
    return frozenset(part for part in re.split(r"[,，、\s]+", text) if part) - {"none"}


def read_value(text: str, like: Value) -> Value:
    """Read what somebody typed as a value of the kind of `like`. Raises ValueError."""
    plain = text.strip()
    if isinstance(like, bool):
        if plain not in ("yes", "no"):
            raise ValueError("yes or no")
        return plain == "yes"
    if isinstance(like, int):
        return _whole(plain)
    if isinstance(like, Decimal):
        return _decimal(plain)
    if isinstance(like, list):
        numbers = [_whole(part) for part in re.split(r"[,，、\s]+", plain) if part]
        if not numbers:
            raise ValueError("at least one number")
        return numbers
    if not plain:
        raise ValueError("empty")
    return plain


def write_value(value: Value) -> str:
    """A value as it is typed and shown."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,8}", text) or int(text) > LARGEST:
        raise ValueError("a whole number from 0")
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("a number") from error
    if not value.is_finite() or not 0 <= value <= LARGEST:
        raise ValueError("a number from 0")
    return value


def opening_fault(ranges: Sequence[tuple[time, time]]) -> str:
    """What is wrong with the opening hours of a day, given in order: `empty`, `overlap`, or "" for nothing.

    An end of 00:00 is the end of the day.
    """
    reached = MIDNIGHT
    for position, (opens, closes) in enumerate(ranges):
        if closes != MIDNIGHT and closes <= opens:
            return "empty"
        if position and (reached == MIDNIGHT or opens < reached):
            return "overlap"
        reached = closes
    return ""


def read_hours(text: str) -> list[tuple[time, time]]:
    """Read opening hours such as `08:30-12:00 13:30-17:30`; nothing means closed, 24:00 the end of the day.

    Raises ValueError.
    """
    plain = text.replace("：", ":").replace("－", "-").replace("–", "-")
    return [_range(part) for part in re.split(r"[,，、;；\s]+", plain) if part]


def write_hours(ranges: Sequence[tuple[time, time]]) -> str:
    """Opening hours as they are typed."""
    return " ".join(
        f"{opens:%H:%M}-{'24:00' if closes == MIDNIGHT else closes.strftime('%H:%M')}" for opens, closes in ranges
    )


def _range(text: str) -> tuple[time, time]:
    opens, dash, closes = text.partition("-")
    if not dash:
        raise ValueError("a range like 08:30-12:00")
    return time.fromisoformat(opens), MIDNIGHT if closes == "24:00" else time.fromisoformat(closes)
