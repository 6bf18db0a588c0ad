"""The written demo world, with its dates moved so that its own today is the day of loading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True)
class World:
    """What `demo.yaml` and `stories.yaml` say, read as of `now`."""

    now: datetime
    content: dict[str, Any]

    @property
    def today(self) -> date:
        """The day of loading."""
        return timezone.localdate(self.now)

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of one section, in their order."""
        yield from self.content[name]

    def day(self, text: str) -> date:
        """A written date, moved."""
        return date.fromisoformat(text) + self._shift

    @property
    def _shift(self) -> timedelta:
        return self.today - date.fromisoformat(self.content["as_of"])


def read(now: datetime) -> World:
    """The world as of a moment."""
    return World(now, _content())


@cache
def _content() -> dict[str, Any]:
    read_in: dict[str, Any] = {}
    for name in ("demo.yaml", "stories.yaml"):
        read_in |= yaml.load((CONTENT / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return read_in
