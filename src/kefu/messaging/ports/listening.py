"""Who may post reports to us, and how each proves that it is who it says."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from kefu.foundation.outbox.receipts import Report
from kefu.messaging.ports.plain import signature

FRESH = 300  # seconds that a signed report may be old
SECONDS = re.compile(r"[0-9]{1,12}")  # since 1970
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Posted:
    """A post as it arrived: the secret of its address, headers in lower case, from where it came, and what stood behind the address."""

    token: str
    headers: Mapping[str, str]
    body: bytes
    address: str | None
    at: datetime
    asked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listener:
    """One provider: whether a post is its own, what it says, the answer it wants, and what proves that this very post is heard for the first
    time (`stamp`, where the proof doesn't cover the words); `echo` answers one that tries the address before it posts."""

    channel: str
    genuine: Callable[[Posted], bool]
    reports: Callable[[bytes, datetime], list[Report]]
    thanks: Mapping[str, object] | str
    stamp: Callable[[Posted], str] | None = None
    echo: Callable[[Posted], str] | None = None


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


@dataclass(frozen=True)
class Tokened:
    """WeChat signs a token we agreed on, the time and a word used once (SHA-1, its own rule), a few minutes old at most."""

    token: str

    def __call__(self, post: Posted) -> bool:
        """Whether the signature is made with our token and the time is now."""
        now, nonce = post.asked.get("timestamp", ""), post.asked.get("nonce", "")
        if not SECONDS.fullmatch(now) or not nonce or abs(int(now) - post.at.timestamp()) > FRESH:
            return False
        made = hashlib.sha1("".join(sorted((self.token, now, nonce))).encode()).hexdigest()  # noqa: S324, the rule of the other side
        return hmac.compare_digest(made.encode(), stamp(post).encode())


def stamp(post: Posted) -> str:
    """The signature behind the address."""
    return post.asked.get("signature", "")


def echo(post: Posted) -> str:
    """The word that WeChat wants back when it tries the address."""
    return post.asked.get("echostr", "")


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
