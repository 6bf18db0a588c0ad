"""Series of numbers without gaps: the counter's row stays locked until the issuing transaction ends, so order and commit agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

_NEXT = """
    INSERT INTO numbering_counter (series, last) VALUES (%s, 1)
    ON CONFLICT (series) DO UPDATE SET last = numbering_counter.last + 1 RETURNING last
"""


@dataclass(frozen=True)
class Series:
    """`prefix` + two-digit year (+ month if monthly) + a counter of `digits` that starts again with each period."""

    code: str
    prefix: str
    digits: int = 5
    monthly: bool = False

    def issue(self, at: datetime) -> str:
        """The next number, e.g. HA2600001. A rolled-back transaction gives its number back: no gaps."""
        period = f"{timezone.localtime(at):{'%y%m' if self.monthly else '%y'}}"
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [f"{self.code}:{period}"])
            (number,) = cursor.fetchone()
        return f"{self.prefix}{period}{number:0{self.digits}d}"
