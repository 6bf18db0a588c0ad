"""The second factor: setting it up, using it on the way in, leaving it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kefu.administration.actions import second_factor as actions
from kefu.administration.actions.door import Attempt
from kefu.administration.entering import PASSED, entering_of, go_on, next_step, take_seat
from kefu.administration.forms.sessions import CodeForm, EntryCodeForm
from kefu.administration.queries.factors import codes_left, has_factor, must_have_factor
from kefu.administration.seats import seat_of, stay_seated
from kefu.administration.totp import new_secret, qr_of, spoken
from kefu.administration.vault import seal, unseal
from kefu.foundation.access.decorators import everyone, public
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import act, now, page
from kefu.organisation.models import User

KEY = "new_factor"


@everyone
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: StaffRequest) -> HttpResponseBase:
    """Set my second factor up; once it is on, renew its recovery codes or switch it off."""
    user = request.user
    if has_factor(user):
        return _managing(request)
    form = EntryCodeForm(request.POST or None)

    def done(codes: list[str]) -> HttpResponseBase:
        request.session.pop(KEY, None)
        request.session[PASSED] = True
        stay_seated(request, user)
        return _codes_page(request, codes, reverse("administration:account"))

    return _set_up(request, user, form, "administration/second_factor_new.html", done, at=request.at)


@everyone
@never_cache
@sensitive_post_parameters("code")
@require_POST
def recovery_codes(request: StaffRequest) -> HttpResponseBase:
    """Ten new recovery codes, shown once."""
    if not has_factor(request.user):
        return redirect("administration:second_factor")
    form = CodeForm(request.POST, auto_id="renew_%s")
    if form.is_valid():
        attempt, codes = actions.renew_codes(code=form.cleaned_data["code"], by=request.user, at=request.at)
        if attempt.user is not None:
            return _codes_page(request, codes, reverse("administration:account"))
        form.add_error("code", attempt.message)
    return _managing(request, renew=form)


@everyone
@never_cache
@sensitive_post_parameters("code")
@require_POST
def second_factor_removal(request: StaffRequest) -> HttpResponseBase:
    """Go without a second factor again."""
    if not has_factor(request.user):
        return redirect("administration:second_factor")
    form = CodeForm(request.POST, auto_id="remove_%s")

    def show() -> HttpResponse:
        return _managing(request, remove=form)

    if not form.is_valid():
        return show()

    def go(attempt: Attempt) -> str | HttpResponseBase:
        if attempt.user is None:
            form.add_error("code", attempt.message)
            return show()
        request.session[PASSED] = False
        stay_seated(request, request.user)
        return reverse("administration:account")

    return act(
        request,
        lambda: actions.switch_off(
            code=form.cleaned_data["code"], keep=seat_of(request), by=request.user, at=request.at
        ),
        to=go, form=form, render=show,
    )  # fmt: skip


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def login_code(request: HttpRequest) -> HttpResponseBase:
    """The second step of a login: the code of the app, or a recovery code."""
    at = now(request)
    found = entering_of(request, at)
    if found is None:
        return redirect("login")
    entering, user = found
    if (step := next_step(entering, user, at)) != "login_code":
        return redirect(step or "login")
    form = EntryCodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        attempt = actions.give_code(user=user, code=form.cleaned_data["code"], at=at)
        if attempt.user is not None:
            entering.passed = True
            return go_on(request, entering, user, at)
        form.add_error(None, attempt.message)
    context = {"form": form, "person": user}
    return page(request, "administration/login_code.html", context, status=422 if form.is_bound else 200)


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def login_factor(request: HttpRequest) -> HttpResponseBase:
    """On the way in of somebody whose role must have a second factor: it is set up first."""
    at = now(request)
    found = entering_of(request, at)
    if found is None:
        return redirect("login")
    entering, user = found
    if (step := next_step(entering, user, at)) != "login_factor":
        return redirect(step or "login")
    form = EntryCodeForm(request.POST or None)

    def done(codes: list[str]) -> HttpResponseBase:
        request.session.pop(KEY, None)
        entering.passed = True
        take_seat(request, entering, user, at)
        return _codes_page(request, codes, entering.place)

    return _set_up(request, user, form, "administration/login_factor.html", done, at=at)


def _set_up(
    request: HttpRequest, user: User, form: KefuForm, template: str, done: Callable[[list[str]], HttpResponseBase], *, at: datetime
) -> HttpResponseBase:  # fmt: skip
    secret = _secret(request, user)

    def show() -> HttpResponse:
        context = {
            "form": form,
            "person": user,
            "qr": qr_of(secret, user.username),
            "secret": spoken(secret),
        }
        return page(request, template, context, status=422 if form.is_bound else 200)

    if not form.is_bound or not form.is_valid():
        return show()
    return act(
        request,
        lambda: actions.switch_on(secret=secret, code=form.cleaned_data["code"], keep=seat_of(request), by=user, at=at),
        to=done, form=form, render=show,
    )  # fmt: skip


def _secret(request: HttpRequest, user: User) -> str:
    """The secret this browser is being shown; it waits sealed in the session and becomes the person's with the first code."""
    kept = request.session.get(KEY)
    secret = unseal(bytes.fromhex(kept), user.pk) if kept else None
    if secret is None:
        secret = new_secret()
        request.session[KEY] = seal(secret, user.pk).hex()
    return secret


def _managing(request: StaffRequest, renew: KefuForm | None = None, remove: KefuForm | None = None) -> HttpResponse:
    context = {
        "since": request.user.second_factor.since,
        "left": codes_left(request.user),
        "required": must_have_factor(request.user, request.at),
        "renew": renew or CodeForm(auto_id="renew_%s"),
        "remove": remove or CodeForm(auto_id="remove_%s"),
    }
    return page(request, "administration/second_factor.html", context, status=422 if renew or remove else 200)


def _codes_page(request: HttpRequest, codes: list[str], onward: str) -> HttpResponse:
    return page(request, "administration/recovery_codes.html", {"codes": codes, "onward": onward})
