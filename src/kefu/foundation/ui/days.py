"""The days that forms and addresses may name. Beyond them calendars can't be counted on, and nobody means them."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.timezone import is_naive, localdate
from django.utils.translation import gettext_lazy as _

EARLIEST, LATEST = date(2000, 1, 1), date(2200, 12, 31)
LONG_AGO = date(1900, 1, 1)
"""From here on for births, and for papers older than the house."""


def day_in(text: str | None) -> date | None:
    """The day that a part of an address names; None for what is none, or beyond reach."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def moment_in(text: str | None) -> datetime | None:
    """The moment that a part of an address names, with or without a time zone; None for what is none, or beyond reach."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if EARLIEST <= found.date() <= LATEST else None


class WithinDays:
    """Refuse a day, or a moment, before the first or after the last that one can mean."""

    def __init__(self, first: date) -> None:
        self.first = first

    def __call__(self, value: date) -> None:
        day = value if not isinstance(value, datetime) else value.date() if is_naive(value) else localdate(value)
        if not self.first <= day <= LATEST:
            words = _("日期要在 %(first)s 到 %(last)s 之间")
            raise ValidationError(words, code="day_range", params={"first": self.first, "last": LATEST})
