"""What somebody who leaves still holds, and how each kind of it goes to others (ORG-016).

Each module registers its kinds in its `leaving.py`. A build guard refuses a foreign key to a person that says who is
responsible for something, unless one of the kinds covers it or `keep` says why it stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from kefu.foundation.sentences.saying import Sentence
from kefu.organisation.models import User

Key = tuple[str, str]

SHOWN = 100
"""So many of a kind are listed by name; the others are counted."""


@dataclass(frozen=True)
class Held:
    """One thing, for those who may see it. `url` leads to where it is dealt with."""

    id: int
    title: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Handing:
    """From whom, why, by whose word. `direct`: nobody accepted, so the right of `by` has to reach the thing itself."""

    leaver: User
    last_day: date
    reason: str
    direct: bool
    by: User
    at: datetime


Give = Callable[[int, User, Handing], None]
"""Makes a colleague responsible, within the action of the hand-over. A refusal leaves the thing with the leaver."""
Release = Callable[[int, Handing], None]
"""Ends the thing or puts it where colleagues take it from."""


@dataclass(frozen=True)
class Holding:
    """A kind of thing people hold.

    `ids(leaver, last_day, at)` are all that somebody else has to take on after that day, in the order in which they are locked;
    `show(reader, ids)` the first SHOWN of those the reader may see. `takers(leaver)` are colleagues who may take them.
    """

    code: str
    label: Sentence
    order: int
    keys: tuple[Key, ...]
    ids: Callable[[User, date, datetime], list[int]]
    show: Callable[[User, Sequence[int]], list[Held]]
    takers: Callable[[User], QuerySet[User]] | None = None
    give: Give | None = None
    release: Release | None = None
    release_label: object = ""

    @property
    def can_be_given(self) -> bool:
        """Whether colleagues may take it."""
        return self.give is not None and self.takers is not None

    @property
    def can_be_released(self) -> bool:
        """Whether it may go back or end."""
        return self.release is not None

    @property
    def kind(self) -> str:
        """The kind of hand-over that colleagues are asked for."""
        return f"people.{self.code}"


_holdings: dict[str, Holding] = {}
_listeners: list[Callable[[Holding], None]] = []
_kept: dict[Key, str] = {}


def register(holding: Holding) -> None:
    """Declare a kind; registering the same code again replaces it."""
    _holdings[holding.code] = holding
    for listener in _listeners:
        listener(holding)


def whenever_registered(listener: Callable[[Holding], None]) -> None:
    """Call the function for every kind, those registered already and those to come."""
    _listeners.append(listener)
    for holding in holdings():
        listener(holding)


def keep(model: str, field: str, why: str) -> None:
    """Say why a key to a person needs nobody else when that person leaves."""
    _kept[model, field] = why


def holdings() -> list[Holding]:
    """Every kind, in the order of the page."""
    return sorted(_holdings.values(), key=lambda holding: holding.order)


def holding_of(code: str) -> Holding | None:
    """The kind of that code."""
    return _holdings.get(code)


def covered() -> dict[Key, str]:
    """Every key that is dealt with: by which kind, or why it stays."""
    return {key: holding.code for holding in _holdings.values() for key in holding.keys} | _kept
