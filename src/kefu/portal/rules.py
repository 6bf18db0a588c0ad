"""Tokens and codes, and who may still ask for one. Plain Python."""

from __future__ import annotations

import hashlib
import hmac
import secrets

DIGITS = 6
TOKEN = 32  # random bytes


def new_token() -> str:
    """What the browser holds."""
    return secrets.token_urlsafe(TOKEN)


def digest_of(token: str) -> str:
    """What is kept of a token: it is random enough to need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def hash_of(code: str, token: str, secret: str) -> str:
    """What is kept of a code: worthless without the token and the key of the installation."""
    return hmac.new(secret.encode(), f"{token}:{code}".encode(), hashlib.sha256).hexdigest()


def listed(words: str) -> frozenset[str]:
    """The entries of a list in a limit; the word none is no entry."""
    return frozenset(
        part for part in (one.strip() for one in words.replace("，", ",").split(",")) if part and part != "none"
    )
