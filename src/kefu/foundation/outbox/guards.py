"""What the modules above know of a message that is to leave later than it was meant to: whether it still may, and at which hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kefu.foundation.outbox.models import OutboxMessage


def at_any_hour(_message: OutboxMessage, moment: datetime) -> datetime:
    """The moment itself: for modules that know of no hours of their own at which nobody is written to."""
    return moment


@dataclass(frozen=True)
class Guard:
    """`withheld` answers, by id, why stopped messages must not leave any more, and locks whose they are before it asks; `leaves_at` when
    one may leave that is due at a moment."""

    withheld: Callable[[Sequence[int]], Mapping[int, str]]
    leaves_at: Callable[[OutboxMessage, datetime], datetime] = at_any_hour


_guards: dict[str, Guard] = {}


def register(module: str, guard: Guard) -> None:
    """Ask a module from now on."""
    _guards[module] = guard


def withheld(message_ids: Sequence[int], *, but_for: str = "") -> dict[int, str]:
    """Those of the messages that must not leave any more, with why; `but_for` a module that has its own say already."""
    asked = [guard for module, guard in _guards.items() if module != but_for]
    return {pk: reason for guard in asked for pk, reason in guard.withheld(message_ids).items()}


def leaves_at(message: OutboxMessage, moment: datetime) -> datetime:
    """When a message that is due at a moment may leave: then, or after hours at which nobody is disturbed."""
    return max([moment, *(guard.leaves_at(message, moment) for guard in _guards.values())])
