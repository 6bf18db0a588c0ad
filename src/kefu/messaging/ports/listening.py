"""Who may post reports to us, and how each proves that it is who it says."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from kefu.foundation.outbox.receipts import Report
from kefu.messaging.ports.plain import signature

FRESH = 300  # seconds that a signed report may be old
SECONDS = re.compile(r"[0-9]{1,12}")  # since 1970
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Posted:
    """A post as it arrived: the secret of its address, headers in lower case, and from where it came."""

    token: str
    headers: Mapping[str, str]
    body: bytes
    address: str | None
    at: datetime


@dataclass(frozen=True)
class Listener:
    """One provider: whether a post is its own, what it says, and the answer it wants."""

    channel: str
    genuine: Callable[[Posted], bool]
    reports: Callable[[bytes, datetime], list[Report]]
    thanks: Mapping[str, object]


@dataclass(frozen=True)
class Signed:
    """Signed as our own calls are, by the same secret, a few minutes old at most."""

    key: str
    secret: str

    def __call__(self, post: Posted) -> bool:
        """Whether the signature fits the body and the time is now."""
        now = post.headers.get("x-time", "")
        if not SECONDS.fullmatch(now) or abs(int(now) - post.at.timestamp()) > FRESH:
            return False
        return hmac.compare_digest(
            signature(self.key, self.secret, now, post.body).encode(), post.headers.get("x-signature", "").encode()
        )


@dataclass(frozen=True)
class Secretly:
    """Providers that sign nothing know a secret address of ours, and may have to call from theirs."""

    token: str
    allowed: tuple[Network, ...] = ()

    def __call__(self, post: Posted) -> bool:
        """Whether the address has the secret, and the caller is on the list where there is one."""
        known = bool(self.token) and hmac.compare_digest(self.token.encode(), post.token.encode())
        if not known or not self.allowed:
            return known
        return post.address is not None and any(ip_address(post.address) in network for network in self.allowed)


def networks(text: str, setting: str) -> tuple[Network, ...]:
    """Addresses and networks with commas. Raises ValueError naming the setting."""
    try:
        return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
    except ValueError as error:
        raise ValueError(f"{setting}: {error}") from error


_listeners: dict[str, Listener] = {}


def listen(profile: str, listener: Listener) -> None:
    """Take reports of a provider from now on."""
    _listeners[profile] = listener


def listener(profile: str) -> Listener | None:
    """Whoever may post under this name here."""
    return _listeners.get(profile)


def deafen() -> None:
    """Take no reports any more."""
    _listeners.clear()
