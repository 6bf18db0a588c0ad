"""A gateway for text messages behind one signed HTTP call of our own making.

POST to the gateway's address, JSON `{"to", "text", "id"}`. Headers: `X-Key`, `X-Time` (seconds since 1970), `X-Signature`
(hexadecimal HMAC-SHA256, by the secret, of key, time and body joined by line feeds) and `Idempotency-Key`.

Answers: any 2xx with an empty body or a JSON object means taken, unless the object has `error` (`no_such_number`, or words); it
may name its own number (`id`) and how many text messages it counts (`parts`). 408, 425, 429 and 5xx mean later, 401 and 403 that
key or secret are wrong, other answers never.
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

from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken
from kefu.messaging.ports.calling import Answer, call, quoted, web_address
from kefu.messaging.rules import sms_parts

NOT_OURS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
UNKNOWN = "no_such_number"


@dataclass(frozen=True)
class PlainGateway:
    """A transport of the outbox. Raises ValueError for an address that is not http or https."""

    url: str
    key: str
    secret: str
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        web_address(self.url, "KEFU_SMS_URL")

    def __call__(self, payload: dict[str, Any], key: str) -> Taken:
        """Hand one text message over."""
        message = {"to": payload["to"], "text": payload["body"], "id": key}
        body = json.dumps(message, ensure_ascii=False).encode()
        answer = call(self.url, body=body, headers=self._headers(body, key))
        if answer.fine:
            return _taken(answer, payload["body"])
        if answer.status in NOT_OURS:
            raise NotReadyError(Unready.ACCOUNT, answer.words())
        raise PermanentError(answer.words())

    def _headers(self, body: bytes, key: str) -> dict[str, str]:
        now = str(int(self.clock()))
        return {
            "Content-Type": "application/json; charset=utf-8",
            "X-Key": self.key,
            "X-Time": now,
            "X-Signature": signature(self.key, self.secret, now, body),
            "Idempotency-Key": key,
        }


def signature(key: str, secret: str, now: str, body: bytes) -> str:
    """The signature of a call, and of the receipts that come back."""
    return hmac.new(secret.encode(), b"\n".join((key.encode(), now.encode(), body)), hashlib.sha256).hexdigest()


def _taken(answer: Answer, text: str) -> Taken:
    said = answer.object() if answer.body.strip() else {}
    if error := said.get("error"):
        raise PermanentError(quoted(str(error)), no_such_address=error == UNKNOWN)
    reference, parts = str(said.get("id") or ""), said.get("parts")
    counted = parts if isinstance(parts, int) and parts > 0 else sms_parts(text)
    return Taken("plain", (reference[:120],) if reference else (), counted)
