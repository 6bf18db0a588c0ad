"""What a browser says of itself and where it comes from, in a few words. Hints for people, never proof of anything."""

from __future__ import annotations

import re
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

# The first that is found counts: most browsers also claim to be the ones below them.
BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("QQBrowser", "QQ Browser"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"),
    ("Windows", "Windows"), ("Macintosh", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(agent: str) -> str:
    """Browser and system of a User-Agent header, such as `Chrome · Windows`; empty where neither is known."""
    return " · ".join(filter(None, (_first(BROWSERS, agent), _first(SYSTEMS, agent))))


def address_of(request: HttpRequest) -> str | None:
    """The address a request came from: the connection's, or as many steps back as there are proxies of our own.

    What stands further left in X-Forwarded-For was written by the visitor and is not read.
    """
    steps = settings.PROXIES
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    said = forwarded[-steps] if 0 < steps <= len(forwarded) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(said))
    except ValueError:
        return None


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((words for sign, words in names if re.search(rf"\b{sign}", agent)), "")
