"""Codes of an authenticator app (RFC 6238): six digits that change every thirty seconds. No table, no clock."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import segno
from django.utils.safestring import SafeString

ISSUER = "Kefu"
SKEW = 1
"""Steps by which the clock of a telephone may be off, either way."""


def new_secret() -> str:
    """160 random bits, written in base 32."""
    return pyotp.random_base32()


def spoken(secret: str) -> str:
    """A secret in groups of four, to be typed where no camera is."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def qr_of(secret: str, name: str) -> SafeString:
    """What the app reads with its camera, as SVG without script or style; white behind it, so that it reads in the dark too."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    drawn = segno.make_qr(address, error="m").svg_inline(scale=5, border=4, light="#fff", dark="#000")
    return SafeString(drawn)  # numbers and colours only: the address itself is drawn, not written


def matching_step(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The thirty-second step whose code this is, one step of skew allowed; None for a wrong code.

    Only steps later than `after` count: a code that was used once, or an older one, opens nothing any more.
    """
    totp = pyotp.TOTP(secret)
    present = int(at.timestamp()) // totp.interval
    for step in range(present - SKEW, present + SKEW + 1):
        if step > after and hmac.compare_digest(totp.at(step * totp.interval).encode(), code.encode()):
            return step
    return None
