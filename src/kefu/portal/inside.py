"""The browser of a customer: its cookie, and the pages for those who are inside. It is no login of a colleague and never becomes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from kefu.customers.models import Customer
from kefu.foundation.access.decorators import public
from kefu.foundation.ui.http import now
from kefu.kernel.errors import OutOfScope
from kefu.portal.models import Visit
from kefu.portal.queries.door import customer_of, visit_inside

COOKIE = "kefu_portal"
PLACE = "/portal/"
BEHAVIOURS = "once reveal"
Inside = Callable[..., HttpResponseBase]


def show(request: HttpRequest, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """A page of the portal: nothing of the colleagues' frame, never kept by a browser."""
    values = {**context, "now": now(request), "behaviours": BEHAVIOURS, "frame": None}
    return render(request, f"portal/{template}.html", values, status=status)


def busy(request: HttpRequest, words: object) -> HttpResponse:
    """Too much at once: a friendly page with the way by telephone."""
    return show(request, "busy", {"words": words}, status=429)


def token_of(request: HttpRequest) -> str:
    """What the browser holds, proven or not."""
    return request.COOKIES.get(COOKIE, "")


def hand_token(response: HttpResponseBase, token: str) -> HttpResponseBase:
    """Let the browser hold a token: for these pages only, out of reach of scripts, gone when it closes."""
    response.set_cookie(COOKIE, token, path=PLACE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def customers_only(view: Inside) -> Callable[..., HttpResponseBase]:
    """Pages for somebody whose number is proven: `view(request, visit, customer, ...)`; others go to the door and come back here.

    What is not there, or somebody else's, is the same friendly 404.
    """

    @public
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        visit = visit_inside(token_of(request), now(request))
        if visit is None:
            place = request.get_full_path() if request.method == "GET" else PLACE
            return redirect(f"{reverse('portal:door')}?{urlencode({'next': place})}")
        customer: Customer | None = customer_of(visit)
        try:
            return view(request, visit, customer, *args, **kwargs)
        except (Http404, OutOfScope):
            return show(request, "gone", {"visit": visit}, status=404)

    return guarded


def safe_place(text: str) -> str:
    """Where to go on after the door: one of our own pages."""
    plain = text.startswith(PLACE) and "\\" not in text and "//" not in text
    return text if plain else PLACE


__all__ = ["COOKIE", "PLACE", "Visit", "busy", "customers_only", "hand_token", "safe_place", "show", "token_of"]
