"""`/account/`: what keeps one's own account safe, and where one is logged in."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.administration.actions import sessions as actions
from kefu.administration.queries.factors import codes_left, has_factor
from kefu.administration.queries.sessions import ended_sessions, open_sessions
from kefu.administration.seats import seat_of, stay_seated
from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.organisation.models import LoginSession

HERE = reverse_lazy("administration:account")


@everyone
@require_GET
def account(request: StaffRequest) -> HttpResponse:
    """My account: password, second factor, and the screens at which I am or was logged in."""
    context = {
        "sessions": open_sessions(request.user),
        "ended": ended_sessions(request.user),
        "here": seat_of(request),
        "factor": has_factor(request.user),
        "left": codes_left(request.user),
    }
    return page(request, "administration/account.html", context)


@everyone
@require_POST
def session_ending(request: StaffRequest, session_id: int) -> HttpResponseBase:
    """End my login at one other screen."""
    session = get_object_or_404(LoginSession, pk=session_id, user=request.user)
    return act(
        request,
        lambda: actions.end_session(session=session, by=request.user, at=request.at),
        success=_("那里已经退出。"),
        to=str(HERE),
    )


@everyone
@require_POST
def other_sessions_ending(request: StaffRequest) -> HttpResponseBase:
    """End my login everywhere but here."""

    def end() -> int:
        ended = actions.end_other_sessions(keep=seat_of(request), by=request.user, at=request.at)
        stay_seated(request, request.user)
        return ended

    return act(request, end, success=_("别处都已退出，只剩这里。"), to=str(HERE))
