"""Personal values of the trail, kept under a key per customer; destroying that key erases them for ever."""

import hashlib
import json
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from kefu.foundation.audit.models import CustomerKey

NONCE = 12


@lru_cache(maxsize=1)
def _master() -> AESGCM:
    return AESGCM(hashlib.sha256(b"kefu.audit:" + settings.SECRET_KEY.encode()).digest())


def _encrypt(cipher: AESGCM, data: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, data, None)


def _decrypt(cipher: AESGCM, data: bytes) -> bytes:
    return cipher.decrypt(data[:NONCE], data[NONCE:], None)


def _key(customer_id: int) -> bytes:
    row = CustomerKey.objects.filter(pk=customer_id).first()
    if row is None:
        fresh = _encrypt(_master(), AESGCM.generate_key(256))
        row, _made = CustomerKey.objects.get_or_create(pk=customer_id, defaults={"wrapped": fresh})
    return _decrypt(_master(), bytes(row.wrapped))


def conceal(customer_id: int, values: dict[str, object]) -> bytes:
    """Encrypt values about a customer, making the customer's key on first use."""
    return _encrypt(AESGCM(_key(customer_id)), json.dumps(values, ensure_ascii=False, default=str).encode())


def disclose(customer_id: int, concealed: bytes) -> dict[str, object] | None:
    """The values, or None when the customer's key was destroyed."""
    row = CustomerKey.objects.filter(pk=customer_id).first()
    if row is None:
        return None
    key = _decrypt(_master(), bytes(row.wrapped))
    opened: dict[str, object] = json.loads(_decrypt(AESGCM(key), bytes(concealed)))
    return opened
