"""How a token is kept."""

import hashlib


def hashed(token: str) -> str:
    """The form in which a token is kept. Tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
