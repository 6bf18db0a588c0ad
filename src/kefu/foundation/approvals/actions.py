"""Asking, approving, declining, passing up, withdrawing: one level at a time, and nobody decides what is his or her own (ORG-014)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import access_of
from kefu.foundation.approvals.choices import RequestState, Verdict
from kefu.foundation.approvals.models import ApprovalRequest, Decision
from kefu.foundation.approvals.queries import deciders, ladder_for, those_to_tell
from kefu.foundation.approvals.registry import ApprovalKind, kind_of
from kefu.foundation.approvals.sentences import AGREED, GONE_UP, REFUSED, TO_DECIDE
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Sentence
from kefu.kernel.errors import FieldError, Invalid, OutOfScope, Refused
from kefu.organisation.models import Node, User

KIND = "approvals.request"
TOLD = 20
LONGEST, COMMENT = 2000, 500


@action
def ask(
    *,
    kind: str,
    text: str,
    proposal: str = "",
    matter: str = "",
    subject: Subject | None = None,
    customer_id: int | None = None,
    levels_above: int = 1,
    otherwise: Sequence[Sequence[str]] = (),
    otherwise_at: Node | None = None,
    by: User,
    at: datetime,
) -> ApprovalRequest:
    """Put a request to the level above one's own; the last of `levels_above` levels has the last word, those below agree or decline first.

    Who stands on no ladder asks the roles of `otherwise`, level by level, at the place `otherwise_at`. Raises LookupError for an
    unregistered kind, Invalid (`text`, `proposal`, `matter`), Refused `no_ladder` or `nobody_above` (ORG-014).
    """
    _check(kind_of(kind), text, proposal, matter)
    found = ladder_for(by)
    node = by.node if found or otherwise_at is None else otherwise_at
    if found is None and not otherwise:
        raise Refused("no_ladder", _("您的岗位没有设请示的上级，请联系管理员。"))
    levels, start = found or ([[], *(list(roles) for roles in otherwise)], 1)
    request = ApprovalRequest.objects.create(
        kind=kind, subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else None, customer_id=customer_id,
        node=node, matter=matter, text=text.strip(), proposal=proposal.strip(), levels=levels, position=start,
        final=min(start + levels_above, len(levels)) - 1, roles=levels[start], made_by=by, made_at=at, since=at,
    )  # fmt: skip
    _record("asked", request, by, at)
    _climb(request, start, at)
    return request


@action
def approve(*, request: ApprovalRequest, comment: str = "", by: User, at: datetime) -> ApprovalRequest:
    """Agree: below the level that has the last word the request goes on up, there it is granted.

    Raises OutOfScope for who does not decide it now, Refused `decided_meanwhile`, `nobody_above`, and what the kind refuses.
    """
    held = _turn(request, by, comment)
    _say(held, Verdict.APPROVED, comment, by, at)
    if held.position < held.final:
        _climb(held, held.position + 1, at)
        return _tell_asker(held, GONE_UP, by, at)
    return _end(held, RequestState.APPROVED, by, at)


@action
def decline(*, request: ApprovalRequest, comment: str, by: User, at: datetime) -> ApprovalRequest:
    """Say no, and why; it ends there. Raises Invalid (`comment`), OutOfScope, Refused `decided_meanwhile`."""
    _need(comment)
    held = _turn(request, by, comment)
    _say(held, Verdict.DECLINED, comment, by, at)
    return _end(held, RequestState.DECLINED, by, at)


@action
def pass_up(*, request: ApprovalRequest, comment: str, by: User, at: datetime) -> ApprovalRequest:
    """Leave it to the level above, saying why: it is beyond one's own duty. Raises Invalid (`comment`), OutOfScope, Refused `nobody_above`."""
    _need(comment)
    held = _turn(request, by, comment)
    _say(held, Verdict.PASSED_UP, comment, by, at)
    held.final = max(held.final, held.position + 1)
    _climb(held, held.position + 1, at)
    return _tell_asker(held, GONE_UP, by, at)


@action
def withdraw(*, request: ApprovalRequest, by: User, at: datetime) -> ApprovalRequest:
    """Take one's own request back while nobody has had the last word. Raises OutOfScope, Refused `ended`."""
    held = _locked(request)
    if held.made_by_id != by.pk:
        raise OutOfScope()
    if held.state != RequestState.OPEN:
        raise Refused("ended", _("已经有结果了：%s。") % held.get_state_display())
    held.state, held.ended_at = RequestState.WITHDRAWN, at
    held.save(update_fields=["state", "ended_at"])
    _record("withdrawn", held, by, at)
    return held


def _check(what: ApprovalKind, text: str, proposal: str, matter: str) -> None:
    errors = []
    if not text.strip():
        errors.append(FieldError("text", "required", _("请写明情况。")))
    errors += [
        FieldError(name, "too_long", _("最多 2000 个字。"))
        for name, words in (("text", text), ("proposal", proposal))
        if len(words.strip()) > LONGEST
    ]
    if what.needs_proposal and not proposal.strip():
        errors.append(FieldError("proposal", "required", _("请写明自己的处理意见。")))
    if what.matters and matter not in what.matters:
        errors.append(FieldError("matter", "unknown", _("请选择事由。")))
    if errors:
        raise Invalid(errors)


def _locked(request: ApprovalRequest) -> ApprovalRequest:
    rows = ApprovalRequest.objects.select_for_update(of=("self",), no_key=True).select_related("made_by", "node")
    return rows.get(pk=request.pk)


def _turn(request: ApprovalRequest, by: User, comment: str) -> ApprovalRequest:
    """The locked request, if it still stands where the person saw it and the person decides there."""
    if len(comment.strip()) > COMMENT:
        raise Invalid.one("comment", "too_long", _("批示最多 500 个字。"))
    held = _locked(request)
    if (held.position, held.state) != (request.position, request.state) or held.state != RequestState.OPEN:
        raise Refused("decided_meanwhile", _("同事刚批示过了，请再看一遍。"))
    if not ApprovalRequest.objects.visible_to(by).filter(pk=held.pk).exists():
        raise OutOfScope()
    if not ApprovalRequest.objects.waiting_for(by).filter(pk=held.pk).exists():
        raise Refused("not_your_turn", _("不能批示自己的请示，也不能替上一级批示。"))
    return held


def _need(comment: str) -> None:
    if not comment.strip():
        raise Invalid.one("comment", "required", _("请写明批示。"))


def _say(request: ApprovalRequest, verdict: Verdict, comment: str, by: User, at: datetime) -> None:
    reached = access_of(by).role_nodes
    own = any(request.node_id in reached.get(role, ()) for role in request.roles)
    absent = None if own else deciders(request.roles, request).filter(pk__in=access_of(by).persons).first()
    Decision.objects.create(
        request=request,
        position=request.position,
        verdict=verdict,
        comment=comment.strip(),
        by=by,
        for_whom=absent,
        at=at,
    )
    _record(verdict.value, request, by, at)


def _climb(request: ApprovalRequest, position: int, at: datetime) -> None:
    """To the next level at which somebody can decide; a level without anybody is noted and left out. Raises Refused `nobody_above`."""
    while position < len(request.levels) and not deciders(request.levels[position], request).exists():
        Decision.objects.create(request=request, position=position, verdict=Verdict.VACANT, at=at)
        position += 1
    if position >= len(request.levels):
        raise Refused("nobody_above", _("上面没有人可以批示了，请联系管理员。"))
    request.position, request.roles, request.since = position, request.levels[position], at
    request.final = max(request.final, position)
    request.save(update_fields=["position", "final", "roles", "since"])
    words = TO_DECIDE(name=request.made_by.name, what=kind_of(request.kind).label)
    tell(
        users=those_to_tell(request, TOLD),
        code="approvals.to_decide",
        at=at,
        text=words,
        link=f"/requests/{request.pk}/",
    )


def _end(request: ApprovalRequest, state: RequestState, by: User, at: datetime) -> ApprovalRequest:
    request.state, request.ended_at = state, at
    request.save(update_fields=["state", "ended_at"])
    kind_of(request.kind).on_decided(request, by, at)
    return _tell_asker(request, AGREED if state == RequestState.APPROVED else REFUSED, by, at)


def _tell_asker(request: ApprovalRequest, words: Sentence, by: User, at: datetime) -> ApprovalRequest:
    said = words(name=by.name, what=kind_of(request.kind).label)
    tell(users=[request.made_by], code="approvals.answered", at=at, text=said, link=f"/requests/{request.pk}/")
    return request


def _record(verb: str, request: ApprovalRequest, by: User, at: datetime) -> None:
    record(f"approvals.{verb}", by=by, at=at, subject=Subject(KIND, request.pk), customer_id=request.customer_id, node_id=request.node_id,
           changes={"level": (None, request.position), "state": (None, request.state)})  # fmt: skip
