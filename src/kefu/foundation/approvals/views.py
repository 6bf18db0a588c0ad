"""`/requests/`: what waits for me to decide, what I asked, and what each level said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.approvals import actions, queries
from kefu.foundation.approvals.choices import RequestState, Verdict
from kefu.foundation.approvals.models import ApprovalRequest, Decision
from kefu.foundation.approvals.registry import kind_of
from kefu.foundation.audit.trail import record_read
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import Role

RECENT = 50
TONES = {
    RequestState.OPEN: ("soon", "hourglass"),
    RequestState.APPROVED: ("done", "check"),
    RequestState.DECLINED: ("late", "x"),
    RequestState.WITHDRAWN: ("quiet", "x"),
}
VERDICTS = {
    Verdict.APPROVED: ("done", "check"),
    Verdict.DECLINED: ("late", "x"),
    Verdict.PASSED_UP: ("move", "arrow-up"),
    Verdict.VACANT: ("quiet", "minus"),
}
Tone = dict[str, object]


@dataclass(frozen=True)
class Shown:
    """A request as it is listed."""

    request: ApprovalRequest
    label: str
    matter: str
    status: Tone


@dataclass(frozen=True)
class Level:
    """A level of the ladder: its roles, what it said, or whether it is its turn."""

    roles: str
    decision: Decision | None
    status: Tone | None
    now: bool
    last: bool


@require_GET
@everyone
def request_list(request: StaffRequest) -> HttpResponse:
    """What waits for me, what I asked, what I decided."""
    user = request.user
    context = {
        "waiting": [_shown(one) for one in queries.waiting_for(user)[:RECENT]],
        "mine": [_shown(one) for one in queries.made_by(user)[:RECENT]],
        "decided": [_shown(one) for one in queries.decided_by(user)[:RECENT]],
    }
    return render(request, "approvals/list.html", context)


@require_GET
@everyone
def request_page(request: StaffRequest, request_id: int) -> HttpResponse:
    """One request with its history; whoever decides now does it here."""
    found = _seen(request, request_id)
    if found is None:
        return _answered(request, request_id)
    if found.customer_id is not None:
        record_read(
            "approvals.request.read",
            by=request.user,
            at=request.at,
            customer_id=found.customer_id,
            node_id=found.node_id,
        )
    return _page(request, found)


@require_POST
@everyone
def decision(request: StaffRequest, request_id: int) -> HttpResponseBase:
    """Approve, decline or pass up (`verdict`), with a `comment`; `level` is the one that was seen."""
    found, comment, verdict = _seen(request, request_id), request.POST.get("comment", ""), request.POST.get("verdict")
    if found is None:
        return _answered(request, request_id, status=409)
    seen = request.POST.get("level", "")
    found.position = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 3 else found.position
    verbs: dict[str, Callable[..., ApprovalRequest]] = {"decline": actions.decline, "pass_up": actions.pass_up}
    verb = verbs.get(verdict or "", actions.approve)
    return _do(request, found, lambda: verb(request=found, comment=comment, by=request.user, at=request.at), comment)


@require_POST
@everyone
def withdrawal(request: StaffRequest, request_id: int) -> HttpResponseBase:
    """Take my own request back."""
    found = _seen(request, request_id)
    if found is None:
        raise Http404
    return _do(request, found, lambda: actions.withdraw(request=found, by=request.user, at=request.at))


def _do(
    request: StaffRequest, found: ApprovalRequest, verb: Callable[[], object], comment: str = ""
) -> HttpResponseBase:
    try:
        verb()
    except (Invalid, Refused) as error:
        now = _seen(request, found.pk)
        if now is None:
            return _answered(request, found.pk, status=error.status)
        return _page(request, now, error=str(error), comment=comment, status=error.status)
    messages.success(request, _("已记下。"))
    return redirect(reverse("approvals:list"))


def _seen(request: StaffRequest, request_id: int) -> ApprovalRequest | None:
    seen = ApprovalRequest.objects.visible_to(request.user).select_related("made_by", "node")
    return seen.filter(pk=request_id).first()


def _answered(request: StaffRequest, request_id: int, *, status: int = 200) -> HttpResponse:
    """To whom it was put at the same level as a colleague who was faster: who answered, and nothing of what was asked."""
    found = get_object_or_404(ApprovalRequest.objects.select_related("made_by"), pk=request_id)
    level = queries.level_of(request.user, found)
    if level is None:
        raise Http404
    answer = found.decisions.filter(position=level, by__isnull=False).select_related("by").first()
    context = {"one": _shown(found), "answer": answer, "late": status != 200}
    return render(request, "approvals/answered.html", context, status=status)


def _page(
    request: StaffRequest, found: ApprovalRequest, *, error: str = "", comment: str = "", status: int = 200
) -> HttpResponse:
    kind = kind_of(found.kind)
    context = {
        "one": _shown(found), "levels": _levels(found), "about": kind.about(found, request.user), "error": error, "comment": comment,
        "decides": ApprovalRequest.objects.waiting_for(request.user).filter(pk=found.pk).exists(),
        "higher": found.position + 1 < len(found.levels), "goes_on": found.position < found.final,
        "may_withdraw": found.made_by_id == request.user.pk and found.state == RequestState.OPEN,
    }  # fmt: skip
    return render(request, "approvals/request.html", context, status=status)


def _levels(found: ApprovalRequest) -> list[Level]:
    """The levels above who asked, with what each said."""
    names = {
        role.code: role.label
        for role in Role.objects.filter(code__in=[code for codes in found.levels for code in codes])
    }
    said = {one.position: one for one in found.decisions.select_related("by", "for_whom")}
    first = min([found.position, *said])
    is_open = found.state == RequestState.OPEN
    return [
        Level(
            " / ".join(names.get(code, code) for code in codes), said.get(position),
            _tone(VERDICTS[Verdict(said[position].verdict)], said[position].get_verdict_display()) if position in said else None,
            is_open and position == found.position, position == found.final,
        )
        for position, codes in enumerate(found.levels)
        if position >= first
    ]  # fmt: skip


def _shown(found: ApprovalRequest) -> Shown:
    kind = kind_of(found.kind)
    status = _tone(TONES[RequestState(found.state)], found.get_state_display())
    return Shown(found, str(kind.label), str(kind.matters.get(found.matter, "")), status)


def _tone(tone: tuple[str, str], word: str) -> Tone:
    return {"tone": tone[0], "icon": tone[1], "word": word}
