"""Announcing facts inside the emitter's transaction.

An event is a frozen dataclass in a module's `events.py`. Subscribers are registered by `subscribers.py` when the application starts,
run in floor order inside the emitter's transaction, and touch no outside world: slow work is deferred there as a job.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

E = TypeVar("E")
_subscribers: defaultdict[type, list[Callable[..., None]]] = defaultdict(list)


def subscribe(event: type[E], function: Callable[[E], None]) -> None:
    """Call the function for every event of this type. Registering twice is harmless."""
    if function not in _subscribers[event]:
        _subscribers[event].append(function)


def announce(event: object) -> None:
    """Tell every subscriber; an exception in one undoes the whole action. Must run inside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{type(event).__name__} was announced outside a transaction")
    for function in _subscribers[type(event)]:
        function(event)
