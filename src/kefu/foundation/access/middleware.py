"""Per request: the time that counts, the reader's language, and the login that everything but a few pages needs."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from kefu.foundation.access.ended import why_ended

View = Callable[[HttpRequest], HttpResponseBase]


class ClockMiddleware:
    """Sets `request.at`; the header X-Kefu-At counts only where the test clock is switched on."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.at = timezone.now()  # type: ignore[attr-defined]
        if settings.TEST_CLOCK and (stated := request.headers.get("X-Kefu-At")):
            try:
                request.at = datetime.fromisoformat(stated)  # type: ignore[attr-defined]
            except ValueError:
                return HttpResponse("X-Kefu-At must be an ISO 8601 time with offset", status=400)
            if timezone.is_naive(request.at):  # type: ignore[attr-defined]
                return HttpResponse("X-Kefu-At must be an ISO 8601 time with offset", status=400)
        return self.get_response(request)


class LanguageMiddleware:
    """The user's own language; before login the cookie's or the browser's, falling back to Chinese."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            language = request.user.language
        else:
            asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or request.headers.get("Accept-Language", "")
            language = "en" if asked.lower().startswith("en") else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class LoginRequiredMiddleware:
    """Everybody else goes to the login page and hears why, unless the view is marked public or authenticates by token."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponseBase | None:
        if request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if request.path_info.startswith("/api/"):
            return None
        if words := why_ended(request):
            messages.warning(request, str(words))
        answer = redirect_to_login(_place(request))
        if not request.headers.get("HX-Request"):
            return answer
        return HttpResponse(status=204, headers={"HX-Redirect": answer.url})  # the whole page, not the part that asked


def _place(request: HttpRequest) -> str:
    """Where to go on after the login: the page that was asked for, or from which something was sent."""
    if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
        return request.get_full_path()
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/")
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))
