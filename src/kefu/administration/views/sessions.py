"""Coming in, leaving, and the lock of a shared desk."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout as end_session
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kefu.administration.actions import logins
from kefu.administration.desk import Desk, desk_of, safe_place
from kefu.administration.entering import PASSED, come_in
from kefu.administration.forms.sessions import LoginForm, SwitchForm, UnlockForm
from kefu.administration.seats import seat_of
from kefu.foundation.access.decorators import public
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import now, page
from kefu.organisation.models import User


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponseBase:
    """Log in by login name or job number; a locked desk asks for its person first."""
    asked = request.POST.get("next", request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(safe_place(request, asked))
    if request.method == "GET" and desk_of(request.session).locked is not None and "other" not in request.GET:
        return redirect("lock")
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attempt = logins.try_login(
            name=form.cleaned_data["name"], password=form.cleaned_data["password"], at=now(request)
        )
        if attempt.user is not None:
            return come_in(request, attempt.user, asked, now(request))
        form.add_error(None, attempt.message)
    context = {"form": form, "next": asked, "demo": not settings.PRODUCTION}
    return page(request, "administration/login.html", context, status=_status(request))


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponseBase:
    """Leave for good: the desk forgets the person, not the colleagues."""
    desk = desk_of(request.session)
    if isinstance(request.user, User):
        logins.log_out(session_id=seat_of(request), by=request.user, at=now(request))
        desk.places.pop(request.user.pk, None)
    end_session(request)
    desk.locked, desk.proof = None, ""
    desk.write(request.session)
    return redirect("login")


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest) -> HttpResponseBase:
    """Lock the screen (POST while logged in), and open it again with the person's password."""
    if isinstance(request.user, User):
        return _lock(request, request.user) if request.method == "POST" else redirect("workbench")
    desk = desk_of(request.session)
    person = User.objects.filter(pk=desk.locked or 0, is_active=True, is_system=False).first()
    if person is None:
        return redirect("login")
    form = UnlockForm(request.POST if "password" in request.POST else None)
    if form.is_bound and form.is_valid():
        attempt = logins.try_login(name=person.username, password=form.cleaned_data["password"], at=now(request))
        if attempt.user is not None:
            return come_in(request, attempt.user, "", now(request))
        form.add_error(None, attempt.message)
    return _lock_page(request, desk, person, form)


def _lock_page(request: HttpRequest, desk: Desk, person: User, form: KefuForm) -> HttpResponse:
    others = User.objects.filter(pk__in=desk.places, is_active=True).exclude(pk=person.pk)
    context = {
        "person": person,
        "form": form,
        "others": others,
        "switch": SwitchForm(initial={"name": request.GET.get("who", "")}),
    }
    return page(request, "administration/lock.html", context, status=_status(request, form))


def _lock(request: HttpRequest, user: User) -> HttpResponseBase:
    desk = desk_of(request.session)
    desk.leave(user.pk, safe_place(request, request.POST.get("next", "")))
    desk.locked = user.pk
    desk.proof = user.get_session_auth_hash() if request.session.get(PASSED) else ""
    logins.lock(session_id=seat_of(request), by=user, at=now(request))
    end_session(request)
    desk.write(request.session)
    return redirect("lock")


def _status(request: HttpRequest, form: KefuForm | None = None) -> int:
    refused = request.method == "POST" if form is None else form.is_bound
    return 422 if refused else 200
