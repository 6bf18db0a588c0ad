"""The addresses to which providers post their reports."""

from __future__ import annotations

import logging
import re
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kefu.administration.devices import address_of
from kefu.foundation.access.decorators import public
from kefu.foundation.outbox.receipts import Report, receive
from kefu.messaging.hearing import heard_first
from kefu.messaging.ports.listening import Listener, Posted, listener

log = logging.getLogger("kefu.receipts")
ECHO = re.compile(r"\w{1,64}", re.ASCII)


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, profile: str, token: str = "") -> HttpResponse:
    """Take reports of a provider that proves to be who it says; a forged one is refused, logged and changes nothing (NFR-002)."""
    found = listener(profile)
    if request.method == "GET" and (found is None or found.echo is None):
        return HttpResponseNotAllowed(["POST"])
    if found is None:
        return HttpResponseNotFound()
    at = timezone.now()
    headers = {name.lower(): value for name, value in request.headers.items()}
    post = Posted(token, headers, request.body, address_of(request), at, request.GET.dict())
    if not found.genuine(post):
        log.warning("a report for %s that is not its own was refused, from %s", profile, address_of(request))
        return _unlogged(JsonResponse({"error": "not genuine"}, status=403))
    return _echo(found, post) if request.method == "GET" else _hear(found, post, profile)


def _echo(found: Listener, post: Posted) -> HttpResponse:
    """Somebody tries the address before using it."""
    word = found.echo(post) if found.echo else ""
    if not ECHO.fullmatch(word):
        return _unlogged(JsonResponse({"error": "unreadable"}, status=400))
    return HttpResponse(word, content_type="text/plain")


def _hear(found: Listener, post: Posted, profile: str) -> HttpResponse:
    try:
        reports = _readable(found, post.body, post.at)
    except (ValueError, RecursionError) as error:
        log.warning("a report of %s could not be read", profile)
        why = str(error) if type(error) is ValueError else "no such form"
        return _unlogged(JsonResponse({"error": "unreadable", "why": why[:200]}, status=400))
    if found.stamp and not heard_first(profile=profile, stamp=found.stamp(post), body=post.body, at=post.at):
        log.warning("a report for %s came with a signature that was used before, from %s", profile, post.address)
        return _unlogged(JsonResponse({"error": "used before"}, status=403))
    receive(channel=found.channel, reports=reports, by=None, at=post.at)
    if isinstance(found.thanks, str):
        return HttpResponse(found.thanks, content_type="text/plain")
    return JsonResponse(dict(found.thanks))


def _readable(found: Listener, body: bytes, at: datetime) -> list[Report]:
    """The reports, none of which has characters that can't be kept. Raises ValueError."""
    reports = found.reports(body, at)
    for each in reports:
        if b"\0" in (each.reference + each.code).encode():
            raise ValueError("characters that can't be kept")
    return reports


def _unlogged(answer: HttpResponse) -> HttpResponse:
    """The framework would write the whole address into the log, and with it the secret in it; we have written our own line."""
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
