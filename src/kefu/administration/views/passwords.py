"""Changing one's password, and choosing the first one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kefu.administration.actions.invitations import ask_reset, choose_by_link
from kefu.administration.actions.passwords import change_password, replace_temporary_password
from kefu.administration.entering import entering_of, go_on, next_step
from kefu.administration.forms.sessions import FirstPasswordForm, ForgottenForm, PasswordForm
from kefu.administration.queries.links import can_mail, person_behind
from kefu.administration.seats import seat_of, stay_seated
from kefu.foundation.access.decorators import everyone, public
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page


@everyone
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: StaffRequest) -> HttpResponseBase:
    """Change my password; my other screens must log in again."""
    user = request.user
    form = PasswordForm(request.POST or None)

    def show() -> HttpResponse:
        return page(request, "administration/password.html", {"form": form}, status=422 if form.is_bound else 200)

    if not form.is_bound or not form.is_valid():
        return show()

    def change() -> None:
        change_password(
            user=user, old=form.cleaned_data["old"], new=form.cleaned_data["new"], keep=seat_of(request), by=user, at=request.at
        )  # fmt: skip
        stay_seated(request, user)

    return act(request, change, success=_("密码已改，其他电脑上要重新登录。"), to="/", form=form, render=show)


@public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest) -> HttpResponseBase:
    """Choose one's own password right after the temporary one was accepted; only then does the session begin."""
    found = entering_of(request, now(request))
    if found is None:
        return redirect("login")
    entering, user = found
    if (step := next_step(entering, user, now(request))) != "first_password":
        return redirect(step or "login")
    form = FirstPasswordForm(request.POST or None)

    def show() -> HttpResponse:
        context = {"form": form, "person": user}
        return page(request, "administration/first_password.html", context, status=422 if form.is_bound else 200)

    if not form.is_bound or not form.is_valid():
        return show()

    def go(_nothing: None) -> HttpResponseBase:
        entering.proof = user.get_session_auth_hash()
        return go_on(request, entering, user, now(request))

    return act(
        request,
        lambda: replace_temporary_password(user=user, new=form.cleaned_data["new"], by=user, at=now(request)),
        success=_("密码已设好，欢迎。"), to=go, form=form, render=show,
    )  # fmt: skip


@public
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponseBase:
    """Ask for a mail with which the password is chosen anew; the answer is the same for every name."""
    form = ForgottenForm(request.POST or None)
    asked = can_mail() and form.is_bound and form.is_valid()
    if asked:
        ask_reset(name=form.cleaned_data["name"], site=request.build_absolute_uri("/"), at=now(request))
    context = {"form": form, "asked": asked, "mail": can_mail()}
    return page(request, "administration/forgotten.html", context, status=422 if form.errors else 200)


@public
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Choose a password by the link of a mail; looking at the page uses nothing up. A second factor is asked at the login."""
    at = now(request)
    found = person_behind(token, at)
    if found is None:
        return page(request, "administration/link_over.html", {"mail": can_mail()}, status=410)
    user, first = found
    form = FirstPasswordForm(request.POST or None)

    def show() -> HttpResponse:
        context = {"form": form, "person": user, "invited": first}
        return page(request, "administration/password_by_link.html", context, status=422 if form.is_bound else 200)

    if not form.is_bound or not form.is_valid():
        return show()
    return act(
        request,
        lambda: choose_by_link(token=token, new=form.cleaned_data["new"], at=at),
        success=_("密码已设好，请登录。"), to=reverse("login"), form=form, render=show,
    )  # fmt: skip
