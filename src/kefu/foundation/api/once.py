"""Idempotency keys: the answer is stored in the transaction of the write, and given again instead of a second write."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from kefu.foundation.api.models import StoredAnswer
from kefu.foundation.api.requests import ApiRequest, address_of
from kefu.kernel.errors import Invalid, Refused

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def answer_once(request: ApiRequest, produce: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Produce the answer, or give the one stored for the request's key. To be called inside the write's transaction.

    The row is inserted before the work begins: a second request with the key waits there until the first has committed
    (then it is answered the same) or rolled back (then it does the work). Raises Invalid for a malformed key, Refused when
    the key came with another body.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return produce()
    if not _KEY.fullmatch(key):
        raise Invalid.one(HEADER, "format", _("Idempotency-Key 要 1 到 200 个可见的 ASCII 字符。"))
    fingerprint = _fingerprint(request)
    stored, fresh = _claim(request, key, fingerprint)
    if not fresh:
        return _replay(stored, fingerprint)
    response = produce()
    if isinstance(response, HttpResponse) and response.status_code < 400:
        _keep(stored, response)
    return response


def _fingerprint(request: ApiRequest) -> str:
    """The same for two bodies that say the same; spaces and the order of fields do not matter."""
    try:
        content = json.dumps(json.loads(request.body), sort_keys=True).encode()
    except (ValueError, RecursionError):
        content = request.body
    return hashlib.sha256(request.META.get("QUERY_STRING", "").encode() + b"\n" + content).hexdigest()


def _claim(request: ApiRequest, key: str, fingerprint: str) -> tuple[StoredAnswer, bool]:
    asked = {"user": request.user, "address": address_of(request), "key": key}
    try:
        with transaction.atomic():
            return StoredAnswer.objects.create(**asked, fingerprint=fingerprint, at=request.at), True
    except IntegrityError:
        return StoredAnswer.objects.get(**asked), False


def _replay(stored: StoredAnswer, fingerprint: str) -> HttpResponse:
    if stored.fingerprint != fingerprint:
        raise Refused("key_reused", _("这个 Idempotency-Key 已经用于另一个请求。"))
    response = HttpResponse(bytes(stored.body), status=stored.status, headers=stored.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _keep(stored: StoredAnswer, response: HttpResponse) -> None:
    stored.status, stored.body = response.status_code, response.content
    stored.headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    stored.save(update_fields=["status", "body", "headers"])


def forget_answers(before: datetime) -> int:
    """Delete stored answers older than that; a key used again after it is a new request. Answers how many."""
    deleted, _by_model = StoredAnswer.objects.filter(at__lt=before).delete()
    return deleted
