"""Offering, accepting, declining and withdrawing. Who may offer what is checked by the action that calls `offer`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import access_of
from kefu.foundation.assignments.choices import AssignmentState
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.assignments.registry import kind_of
from kefu.foundation.assignments.sentences import ACCEPTED, DECLINED, LAPSED, OFFERED
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import User

PAGE = "/handovers/"


@action
def offer(
    *,
    kind: str,
    subject: Subject,
    to: User,
    title: str,
    reason: str,
    customer_id: int | None = None,
    node_id: int | None = None,
    by: User,
    at: datetime,
) -> Assignment:
    """Ask a colleague to take something over; nothing changes until he or she accepts. The colleague's bell rings.

    Raises LookupError for an unregistered kind, Invalid (`to`, `reason`), Refused `already_offered`.
    """
    what = kind_of(kind).label
    if to.pk == by.pk or not to.is_active:
        raise Invalid.one("to", "not_possible", _("请选择另一位在职的同事。"))
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明移交的原因。"))
    open_offers = Assignment.objects.select_for_update(no_key=True).filter(
        kind=kind, subject_kind=subject.kind, subject_id=subject.id, state=AssignmentState.OFFERED
    )
    if waiting := open_offers.select_related("offered_to").first():
        raise Refused("already_offered", _("已在等%(name)s答复，请先撤回。") % {"name": waiting.offered_to.name})
    assignment = Assignment.objects.create(
        kind=kind, subject_kind=subject.kind, subject_id=subject.id, customer_id=customer_id, node_id=node_id, title=title[:200],
        offered_to=to, offered_by=by, offered_at=at, reason=reason.strip(),
    )  # fmt: skip
    _record("offered", assignment, by, at, reason.strip(), before=None)
    tell(users=[to], code="assignments.offered", at=at, text=OFFERED(name=by.name, what=what), link=PAGE)
    return assignment


@action
def accept(*, assignment: Assignment, answer: str = "", by: User, at: datetime) -> Assignment:
    """Take it over: the kind's `on_accept` makes it true, in the same transaction. Raises Refused `answered`, OutOfScope."""
    locked = _open(assignment, by, assignment.offered_to_id)
    _answer(locked, AssignmentState.ACCEPTED, answer.strip(), at)
    kind_of(locked.kind).on_accept(locked, by, at)
    _record("accepted", locked, by, at, answer.strip())
    tell(
        users=[locked.offered_by],
        code="assignments.accepted",
        at=at,
        text=ACCEPTED(name=by.name),
        link=PAGE,
    )
    return locked


@action
def decline(*, assignment: Assignment, reason: str, by: User, at: datetime) -> Assignment:
    """Refuse to take it over, saying why. Raises Invalid (`reason`), Refused `answered`, OutOfScope."""
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明谢绝的原因。"))
    locked = _open(assignment, by, assignment.offered_to_id)
    _answer(locked, AssignmentState.DECLINED, reason.strip(), at)
    _record("declined", locked, by, at, reason.strip())
    tell(
        users=[locked.offered_by],
        code="assignments.declined",
        at=at,
        text=DECLINED(name=by.name, reason=reason.strip()),
        link=PAGE,
    )
    return locked


@action
def withdraw(*, assignment: Assignment, reason: str = "", by: User, at: datetime) -> Assignment:
    """Take the offer back while nobody has answered. Raises Refused `answered`, OutOfScope."""
    locked = _open(assignment, by, assignment.offered_by_id)
    _answer(locked, AssignmentState.WITHDRAWN, reason.strip(), at)
    _record("withdrawn", locked, by, at, reason.strip())
    return locked


@within_action
def lapse(*, assignment: Assignment, reason: str, by: User, at: datetime) -> Assignment:
    """Give an offer back whose colleague cannot answer any more; who asked hears of it. Raises Refused `answered`."""
    locked = retract(assignment=assignment, reason=reason, by=by, at=at)
    words = LAPSED(name=locked.offered_to.name, reason=reason.strip())
    tell(users=[locked.offered_by], code="assignments.lapsed", at=at, text=words, link=PAGE)
    return locked


@within_action
def retract(*, assignment: Assignment, reason: str, by: User, at: datetime) -> Assignment:
    """Take an offer back because what it was for has fallen away, whoever made it. Raises Refused `answered`."""
    locked = (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("offered_by", "offered_to")
        .get(pk=assignment.pk)
    )
    if locked.state != AssignmentState.OFFERED:
        raise Refused("answered", _("这次移交已经有结果了：%s。") % locked.get_state_display())
    _answer(locked, AssignmentState.WITHDRAWN, reason.strip(), at)
    _record("lapsed", locked, by, at, reason.strip())
    return locked


def _open(assignment: Assignment, by: User, whose: int) -> Assignment:
    """The locked offer, if it is this person's (or an absent colleague's) and still waits."""
    locked = (
        Assignment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("offered_by", "offered_to")
        .get(pk=assignment.pk)
    )
    if whose not in access_of(by).persons:
        raise OutOfScope()
    if locked.state != AssignmentState.OFFERED:
        raise Refused("answered", _("这次移交已经有结果了：%s。") % locked.get_state_display())
    return locked


def _answer(assignment: Assignment, state: AssignmentState, answer: str, at: datetime) -> None:
    assignment.state, assignment.answered_at, assignment.answer = state, at, answer[:200]
    assignment.save(update_fields=["state", "answered_at", "answer"])


def _record(
    verb: str, assignment: Assignment, by: User, at: datetime, reason: str, before: str | None = AssignmentState.OFFERED
) -> None:
    record(
        f"assignments.{verb}", by=by, at=at, subject=assignment.subject, customer_id=assignment.customer_id, node_id=assignment.node_id,
        changes={"state": (before, assignment.state), "to": (None, assignment.offered_to_id), "kind": (None, assignment.kind)}, reason=reason,
    )  # fmt: skip
