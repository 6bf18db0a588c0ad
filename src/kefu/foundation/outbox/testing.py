"""For tests: a channel whose other side remembers what it got and fails when told to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kefu.foundation.audit.trail import action, record
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.actions import put
from kefu.foundation.outbox.models import OutboxMessage
from kefu.organisation.models import User


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


def stored(at: datetime, **message: Any) -> OutboxMessage:
    """A message put by an action that does nothing else; takes what `actions.put` takes."""
    return _store(by=None, at=at, message=message)


@action
def _store(*, by: User | None, at: datetime, message: dict[str, Any]) -> OutboxMessage:
    record("test.message", by=by, at=at)
    return put(at=at, **message)
