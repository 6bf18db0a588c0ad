"""One HTTP call to somebody who is not ours: short patience, no redirects, an answer of limited size, no long numbers or mail addresses repeated."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kefu.foundation.outbox.transports import TransientError

PATIENCE = 10.0  # seconds for each step
WHOLE = 20.0  # seconds until the answer must be complete
MOST = 65_536  # bytes of an answer
SAID = 200  # characters of an answer that are kept
LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_PEOPLE = re.compile(r"\S+@\S+|\d{7,}")


@dataclass(frozen=True)
class Answer:
    """What came back, whatever the status."""

    status: int
    body: bytes

    @property
    def fine(self) -> bool:
        """Whether the status says that it worked."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def words(self) -> str:
        """The beginning of the answer for the record."""
        return f"{self.status} {quoted(self.body.decode(errors='replace'))}".strip()

    def object(self) -> dict[str, Any]:
        """The JSON object of the answer. Raises TransientError when it is none: whoever answered was not the provider."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise TransientError(f"unreadable answer: {self.words()}") from error
        if not isinstance(found, dict):
            raise TransientError(f"unreadable answer: {self.words()}")
        return found


def web_address(url: str, name: str) -> str:
    """The address itself. Raises ValueError naming the setting unless it is http or https."""
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{name} must begin with https:// or http://")
    return url


def quoted(text: str) -> str:
    """What somebody else said, short and without the numbers and mail addresses of people."""
    return _PEOPLE.sub("…", " ".join(text.split()))[:SAID]


def call(url: str, *, body: bytes | None, headers: Mapping[str, str], method: str = "POST") -> Answer:
    """Call and answer whatever came back. Raises TransientError when nobody answers in time, or with a status that says later."""
    request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310, see web_address
    until = time.monotonic() + WHOLE
    try:
        with _OPENER.open(request, timeout=PATIENCE) as response:
            answer = Answer(response.status, _read(response, until))
    except HTTPError as error:
        with error:
            answer = Answer(error.code, error.read(MOST))
    except (OSError, HTTPException) as error:
        raise TransientError(f"gateway out of reach: {quoted(str(error)) or type(error).__name__}") from error
    if answer.status in LATER or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TransientError(answer.words())
    return answer


def _read(response: HTTPResponse, until: float) -> bytes:
    found = b""
    while piece := response.read1(MOST):
        found += piece
        if len(found) > MOST:
            raise TransientError("the answer is too long")
        if time.monotonic() > until:
            raise TransientError("the answer does not end")
    return found


class _NoRedirects(HTTPRedirectHandler):
    """A signed call is meant for one address: an answer that sends elsewhere is an answer, not a place to go."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_OPENER = build_opener(_NoRedirects)
