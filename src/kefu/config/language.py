"""Switching the screen between Chinese and English; remembered with the user."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kefu.administration.actions.preferences import set_language as remember
from kefu.foundation.access.decorators import public


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Take `language` and go back to `next`; an unknown language changes nothing."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            remember(user=request.user, language=language, by=request.user, at=request.at)  # type: ignore[attr-defined]
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
    return response
