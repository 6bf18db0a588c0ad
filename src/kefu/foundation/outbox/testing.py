"""For tests: a channel whose other side remembers what it got and fails when told to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kefu.foundation.outbox import transports


@dataclass
class Receiver:
    """The other side of a channel: `errors` are raised one by one before it starts to accept."""

    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def __call__(self, payload: dict[str, Any], key: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.got.append((key, payload))


@contextmanager
def connected(channel: str, *errors: BaseException) -> Iterator[Receiver]:
    """Open a channel to a Receiver for the length of the block."""
    before = transports.transport(channel)
    receiver = Receiver(errors=list(errors))
    transports.register(channel, receiver)
    try:
        yield receiver
    finally:
        transports.close(channel)
        if before is not None:
            transports.register(channel, before)
