"""The addresses to which providers post their reports."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kefu.administration.devices import address_of
from kefu.foundation.access.decorators import public
from kefu.foundation.outbox.receipts import receive
from kefu.messaging.ports.listening import Posted, listener

log = logging.getLogger("kefu.receipts")


@public
@csrf_exempt
@require_POST
def receipt(request: HttpRequest, profile: str, token: str = "") -> HttpResponse:
    """Take reports of a provider that proves to be who it says; a forged one is refused, logged and changes nothing (NFR-002)."""
    found = listener(profile)
    if found is None:
        return HttpResponseNotFound()
    at = timezone.now()
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not found.genuine(Posted(token, headers, request.body, address_of(request), at)):
        log.warning("a report for %s that is not its own was refused, from %s", profile, address_of(request))
        return _unlogged(JsonResponse({"error": "not genuine"}, status=403))
    try:
        reports = found.reports(request.body, at)
    except ValueError:
        log.warning("a report of %s could not be read", profile)
        return _unlogged(JsonResponse({"error": "unreadable"}, status=400))
    receive(channel=found.channel, reports=reports, by=None, at=at)
    return JsonResponse(dict(found.thanks))


def _unlogged(answer: HttpResponse) -> HttpResponse:
    """The framework would write the whole address into the log, and with it the secret in it; we have written our own line."""
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
