"""Seals what must be read again but not by whoever reads the database: the secrets of authenticator apps."""

from __future__ import annotations

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

NONCE = 12


def seal(text: str, owner: int) -> bytes:
    """Encrypt under the installation's secret, bound to its owner: moved to another row it does not open."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher().encrypt(nonce, text.encode(), str(owner).encode())


def unseal(sealed: bytes, owner: int) -> str | None:
    """The text; None when it was sealed for somebody else or under another secret of the installation."""
    try:
        return _cipher().decrypt(sealed[:NONCE], sealed[NONCE:], str(owner).encode()).decode()
    except InvalidTag:
        return None


def fingerprint(code: str) -> str:
    """What is kept of a recovery code. It is random enough to need no slow hash; the key keeps a copied table useless."""
    return salted_hmac("kefu.administration.recovery", code, algorithm="sha256").hexdigest()


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(b"kefu.second-factor:" + settings.SECRET_KEY.encode()).digest())
