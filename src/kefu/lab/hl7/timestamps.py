"""HL7 dates and times. A time without zone belongs to the zone of the message, else of the centre."""

import re
from datetime import date, datetime, timedelta, timezone, tzinfo

_COMPACT = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:\.([0-9]{1,6}))?)?)?)?([+-][0-9]{4})?"
)
# Not HL7, but what many laboratory systems in China write.
_SPACED = re.compile(
    r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})"
    r"(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?)?([+-][0-9]{2}:?[0-9]{2})?"
)


def read_time(text: str, zone: tzinfo) -> datetime | None:
    """Read a point in time as an aware datetime; a bare day is its midnight. None when empty or not a full day."""
    match = _match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0").ljust(6, "0")),
            tzinfo=_offset(offset) if offset else zone,
        )
    except ValueError:
        return None


def read_offset(text: str) -> tzinfo | None:
    """Give the zone a time carries, None when it carries none."""
    match = _match(text)
    if match is None or not match.group(8):
        return None
    try:
        return _offset(match.group(8))
    except ValueError:
        return None


def read_date(text: str) -> date | None:
    """Read a calendar day, ignoring any time of day; None when empty, partial or no real day."""
    match = _match(text)
    if match is None:
        return None
    try:
        return date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    except ValueError:
        return None


def write_time(at: datetime) -> str:
    """Write an aware time with its zone, to the second; raises `ValueError` for a naive one."""
    if at.utcoffset() is None:
        raise ValueError("an HL7 time needs a zone")
    return at.strftime("%Y%m%d%H%M%S%z")[:19]


def _match(text: str) -> re.Match[str] | None:
    stripped = text.strip()
    return _COMPACT.fullmatch(stripped) or _SPACED.fullmatch(stripped)


def _offset(text: str) -> timezone:
    digits = text.replace(":", "")
    amount = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return timezone(-amount if digits[0] == "-" else amount)
