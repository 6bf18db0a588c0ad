"""Saying no to greetings and activities from a link in a mail: a page with one button, or one click of the mail program (FUP-008)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kefu.foundation.access.decorators import public
from kefu.foundation.ui.http import now
from kefu.messaging.actions.consent import refuse_by_link
from kefu.messaging.refusing import refused_by
from kefu.organisation.queries import SYSTEM, system_user
from kefu.portal.inside import show


@public
@csrf_exempt  # the link is the proof, and a mail program that clicks for the customer has no cookie of ours
@never_cache
@require_http_methods(["GET", "POST"])
def refusal(request: HttpRequest, token: str) -> HttpResponse:
    """Ask by a button, do it by a post; who comes twice sees the same. The page names nobody."""
    customer = refused_by(token)
    if customer is None:
        return show(request, "no_link", {}, status=404)
    if request.method == "POST":
        refuse_by_link(customer=customer, by=system_user(SYSTEM), at=now(request))
    return show(request, "refusal", {"done": request.method == "POST"})
