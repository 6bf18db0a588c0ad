"""The numbers of identity papers as they are kept: concealed, and found by a hash that nobody can make without the installation's secret."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from kefu.customers.models import IdentityDocument
from kefu.foundation.audit.personal import conceal, disclose
from kefu.kernel.papers import Paper, PaperKind, plain_number

SHORTEST = 5
"""Shorter texts are the end of a number at most."""


def digest_of(kind: PaperKind, number: str) -> str:
    """What a number is found by."""
    secret = hashlib.sha256(b"kefu.customers.papers:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(secret, f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()


def digests_of(text: str) -> list[str]:
    """What a typed text would be found by as a number of any paper; empty for what is none."""
    number = plain_number(text)
    if len(number) < SHORTEST or not number.isascii() or not any(character.isdigit() for character in number):
        return []
    return [digest_of(kind, number) for kind in PaperKind]


def concealed(customer_id: int, paper: Paper) -> bytes:
    """The number under the customer's key."""
    return conceal(customer_id, {"number": paper.number})


def number_of(document: IdentityDocument) -> str:
    """The number in full; empty once its key was destroyed."""
    return str((disclose(document.key_id, bytes(document.concealed)) or {}).get("number", ""))
