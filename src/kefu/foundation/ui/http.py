"""What every view needs: render a page or a part of it, run an action and turn its refusal into an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from django.contrib import messages
from django.db import DatabaseError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from kefu.foundation.audit.waiting import busy
from kefu.foundation.ui.keyset import Keyset
from kefu.kernel.errors import Invalid, Refused

__all__ = ["Keyset", "act", "is_part", "now", "page", "put_errors", "toast"]

T = TypeVar("T")
Wording = object
"""Text or a lazy translation."""


def now(request: HttpRequest) -> datetime:
    """The moment of this request: the clock middleware's, else the clock."""
    at = getattr(request, "at", None)
    return at if isinstance(at, datetime) else timezone.now()


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page (a boosted link or the history ask for all of it)."""
    head = request.headers
    return bool(head.get("HX-Request")) and not head.get("HX-Boosted") and not head.get("HX-History-Restore-Request")


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page; when htmx asks and `partial` names a part of the template, only that part."""
    name = f"{template}#{partial}" if partial and is_part(request) else template
    response = render(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def toast(response: HttpResponseBase, text: Wording, tone: str = "done") -> HttpResponseBase:
    """Add a line for the live region to an answer to htmx."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events["kf:toast"] = {"text": str(text), "tone": tone}
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def act(
    request: HttpRequest,
    fn: Callable[[], T],
    *,
    success: Wording | Callable[[T], Wording] = "",
    to: str | Callable[[T], str | HttpResponseBase],
    form: BaseForm | None = None,
    render: Callable[[], HttpResponse] | None = None,
) -> HttpResponseBase:
    """Run an action and answer.

    Done: `success` is said, and the answer goes to `to` (an address, or a function of the result that gives an
    address or a whole answer). Refused, or stopped because others were at the same thing: 409 by `render()`, else back
    with the reason. Invalid: its errors go into `form` and `render()` answers 422. Forbidden and OutOfScope pass through to the error middleware.
    """
    try:
        result = fn()
    except Invalid as error:
        if form is not None:
            put_errors(form, error)
        return _refusal(request, error, 422, to, render, said=form is not None)
    except Refused as error:
        return _refused(request, error, to, form, render)
    except DatabaseError as error:
        if (refusal := busy(error)) is None:
            raise
        return _refused(request, refusal, to, form, render)
    words = success(result) if callable(success) else success
    return _answer(request, to(result) if callable(to) else to, str(words))


def _refused(
    request: HttpRequest, error: Refused, to: object, form: BaseForm | None, render: Callable[[], HttpResponse] | None
) -> HttpResponseBase:
    if form is not None and render is not None:
        form.add_error(None, str(error))
    return _refusal(request, error, 409, to, render, said=form is not None and render is not None)


def put_errors(form: BaseForm, error: Invalid) -> None:
    """Write the field errors of an action beside the fields; those of no field stand above the form."""
    for item in error.errors:
        form.add_error(item.field if item.field in form.fields else None, str(item.message))


def _answer(request: HttpRequest, target: str | HttpResponseBase, words: str) -> HttpResponseBase:
    if not isinstance(target, str):
        return toast(target, words) if words and is_part(request) else target
    if words:
        messages.success(request, words)
    if is_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _refusal(
    request: HttpRequest,
    error: Refused | Invalid,
    status: int,
    to: object,
    render: Callable[[], HttpResponse] | None,
    *,
    said: bool,
) -> HttpResponseBase:
    if render is not None:
        if not said and not is_part(request):
            messages.error(request, str(error))
        response = render()
        response.status_code = status
        return toast(response, error, "late") if is_part(request) and not said else response
    if is_part(request):
        return toast(HttpResponse(str(error), status=status, headers={"HX-Reswap": "none"}), error, "late")
    messages.error(request, str(error))
    return HttpResponseRedirect(_back(request, to if isinstance(to, str) else "/"))


def _back(request: HttpRequest, otherwise: str) -> str:
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if came_from and ours else otherwise
