"""An SMS gateway behind one signed HTTP call.

POST to the gateway's address, JSON `{"to", "text", "id"}`. Headers: `X-Key`, `X-Time` (seconds since 1970), `X-Signature`
(hexadecimal HMAC-SHA256, by the secret, of key, time and body joined by line feeds) and `Idempotency-Key`. Any 2xx means taken;
408, 425, 429 and 5xx mean later; other answers mean never.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from kefu.foundation.outbox.transports import PermanentError, TransientError

SECONDS = 10.0
LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


@dataclass(frozen=True)
class SmsGateway:
    """A transport of the outbox. Raises ValueError for an address that is not http or https."""

    url: str
    key: str
    secret: str
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        if not self.url.startswith(("https://", "http://")):
            raise ValueError("KEFU_SMS_URL must begin with https:// or http://")

    def __call__(self, payload: dict[str, Any], key: str) -> None:
        """Hand one text message over."""
        message = {"to": payload["to"], "text": payload["body"], "id": key}
        body = json.dumps(message, ensure_ascii=False).encode()
        try:
            with urlopen(self._request(body, key), timeout=SECONDS):  # noqa: S310, checked above
                return
        except HTTPError as error:
            with error:
                said = f"{error.code} {error.read(200).decode(errors='replace')}".strip()
            if error.code in LATER or error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise TransientError(said) from error
            raise PermanentError(said) from error
        except OSError as error:
            raise TransientError(f"gateway out of reach: {error}") from error

    def _request(self, body: bytes, key: str) -> Request:
        now = str(int(self.clock()))
        signed = b"\n".join((self.key.encode(), now.encode(), body))
        signature = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Key": self.key,
            "X-Time": now,
            "X-Signature": signature,
            "Idempotency-Key": key,
        }
        return Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310, checked above
