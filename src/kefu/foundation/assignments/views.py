"""`/handovers/`: what colleagues ask of me, and what I asked of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.assignments import actions
from kefu.foundation.assignments.choices import AssignmentState
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.assignments.queries import offered_by, waiting_for
from kefu.foundation.assignments.registry import kind_of
from kefu.kernel.errors import Invalid, Refused

RECENT = 30
TONES = {
    AssignmentState.OFFERED: ("soon", "hourglass"),
    AssignmentState.ACCEPTED: ("done", "check"),
    AssignmentState.DECLINED: ("late", "x"),
    AssignmentState.WITHDRAWN: ("quiet", "x"),
}


@dataclass(frozen=True)
class Shown:
    """An offer as it is listed."""

    assignment: Assignment
    label: object
    url: str
    status: dict[str, object]


@require_GET
@everyone
def handover_list(request: StaffRequest) -> HttpResponse:
    """Offers to answer, and the recent ones of my own."""
    return _list(request)


@require_POST
@everyone
def answer(request: StaffRequest, assignment_id: int) -> HttpResponseBase:
    """Accept or decline (`answer`), with a `reason`."""
    user = request.user
    assignment = get_object_or_404(Assignment, pk=assignment_id, offered_to__in=access_of(user).persons)
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("answer") == "accept":
            actions.accept(assignment=assignment, answer=reason, by=user, at=request.at)
            messages.success(request, _("已接受，事项归您负责。"))
        else:
            actions.decline(assignment=assignment, reason=reason, by=user, at=request.at)
            messages.success(request, _("已谢绝，对方会收到通知。"))
    except Invalid as error:
        return _list(request, wrong=assignment.pk, error=str(error), status=422)
    except Refused as error:
        return _list(request, wrong=assignment.pk, error=str(error), status=409)
    return redirect("assignments:list")


@require_POST
@everyone
def withdrawal(request: StaffRequest, assignment_id: int) -> HttpResponseBase:
    """Take my own offer back."""
    assignment = get_object_or_404(Assignment, pk=assignment_id, offered_by=request.user)
    try:
        actions.withdraw(assignment=assignment, reason=request.POST.get("reason", ""), by=request.user, at=request.at)
    except Refused as error:
        return _list(request, wrong=assignment.pk, error=str(error), status=409)
    messages.success(request, _("已撤回。"))
    return redirect("assignments:list")


def _list(request: StaffRequest, *, wrong: int = 0, error: str = "", status: int = 200) -> HttpResponse:
    mine = offered_by(request.user)[:RECENT]
    context = {
        "waiting": [_shown(one) for one in waiting_for(request.user)],
        "offered": [_shown(one) for one in mine],
        "wrong": wrong,
        "error": error,
    }
    return render(request, "assignments/list.html", context, status=status)


def _shown(assignment: Assignment) -> Shown:
    kind = kind_of(assignment.kind)
    tone, icon = TONES[AssignmentState(assignment.state)]
    return Shown(
        assignment,
        kind.label,
        kind.url(assignment),
        {"tone": tone, "icon": icon, "word": assignment.get_state_display()},
    )
