"""The way every page with a form goes: show, check, act, answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.http import HttpResponse, HttpResponseBase

from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Wording, act, page

T = TypeVar("T")


def edit(
    request: StaffRequest,
    form: KefuForm,
    template: str,
    run: Callable[[], T],
    *,
    success: Wording,
    to: str | Callable[[T], str | HttpResponseBase],
    context: Mapping[str, object] | None = None,
) -> HttpResponseBase:
    """Show the form; once it is sent and right, run the action and go on. Wrong values answer 422 with the form."""

    def show() -> HttpResponse:
        return page(request, template, {"form": form, **(context or {})}, status=422 if form.is_bound else 200)

    if not form.is_bound or not form.is_valid():
        return show()
    return act(request, run, success=success, to=to, form=form, render=show)
