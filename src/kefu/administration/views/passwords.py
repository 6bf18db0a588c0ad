"""Changing one's password, and choosing the first one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kefu.administration.actions.passwords import change_password, replace_temporary_password
from kefu.administration.entering import entering_of, go_on, next_step
from kefu.administration.forms.sessions import FirstPasswordForm, PasswordForm
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
