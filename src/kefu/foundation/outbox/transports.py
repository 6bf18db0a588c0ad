"""The channels that exist on this installation, and the two ways one may fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Transport = Callable[[dict[str, Any], str], None]
_transports: dict[str, Transport] = {}


class TransientError(Exception):
    """The other side could not take the message now; worth another attempt."""


class PermanentError(Exception):
    """The other side will never take this message: unknown number, refused content."""


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
