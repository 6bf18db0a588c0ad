"""The channels that exist on this installation, and the three ways one may fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kefu.foundation.outbox.choices import Unready


@dataclass(frozen=True)
class Taken:
    """What is known once the other side has taken a message.

    `via` names the port; `references` are the numbers by which the other side will speak of it in receipts, one for each part it
    was cut into; `parts` is how many text messages it counts.
    """

    via: str
    references: tuple[str, ...] = ()
    parts: int = 1


Transport = Callable[[dict[str, Any], str], Taken | None]
_transports: dict[str, Transport] = {}


class TransientError(Exception):
    """The other side could not take the message now; worth another attempt."""


class PermanentError(Exception):
    """The other side will never take this message: unknown number, refused content."""

    def __init__(self, said: str, *, no_such_address: bool = False) -> None:
        super().__init__(said)
        self.no_such_address = no_such_address


class NotReadyError(Exception):
    """Nothing is wrong with the message, but somebody has to set something up before it can leave: it is held, not lost."""

    def __init__(self, why: Unready, detail: str) -> None:
        super().__init__(f"{why.value}: {detail}")


def register(channel: str, transport: Transport) -> None:
    """Open a channel. `transport(payload, key)` returns when the other side has taken the message and must give up within
    half a minute; the key is the same in every attempt, so that the other side can drop repetitions."""
    _transports[channel] = transport


def transport(channel: str) -> Transport | None:
    """The transport of a channel, or None where it is not configured."""
    return _transports.get(channel)


def close(channel: str) -> None:
    """Take a channel away; its messages are held from now on."""
    _transports.pop(channel, None)
