"""Headers that keep a page's parts at home, and kernel refusals that escape a view turned into the right page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from kefu.foundation.audit.waiting import busy
from kefu.foundation.ui.http import is_part, toast
from kefu.kernel.errors import KefuError, OutOfScope

View = Callable[[HttpRequest], HttpResponseBase]

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class SecurityHeadersMiddleware:
    """Every answer carries the headers; pages are not kept by the browser, because desks are shared.

    A view that needs another policy sets its own header. First in the list, so that errors have them too.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class ErrorMiddleware:
    """Shows kernel errors that no view caught: 403, 404, 409 or 422; the API answers its own way."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer for kernel errors and for two people at the same thing; everything else goes its usual way."""
        if isinstance(error, DatabaseError):
            error = busy(error) or error
        if not isinstance(error, KefuError) or request.path_info.startswith("/api/"):
            return None
        text = _("没有找到，或不在您的范围内") if isinstance(error, OutOfScope) else str(error)
        if is_part(request):
            answer = HttpResponse(text, status=error.status, headers={"HX-Reswap": "none"})
            return toast(answer, text, "late")
        template = {403: "403.html", 404: "404.html"}.get(error.status, "409.html")
        return render(request, template, {"message": text, "code": error.code}, status=error.status)
