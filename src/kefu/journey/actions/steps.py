"""What moves a journey: a step done, marked, skipped, undone or corrected. Each writes a line of history and settles the journey."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.worktime.queries import calendar_for
from kefu.journey.choices import EntryKind, JourneyState
from kefu.journey.events import NodeReached
from kefu.journey.history import (
    locked_journey,
    need_reason,
    open_journey,
    require_turn,
    standing_at,
    tell_timeline,
    write_entry,
)
from kefu.journey.models import Journey, NodeTemplate
from kefu.journey.queries.positions import standing_of
from kefu.journey.queries.turns import tell_next
from kefu.journey.sentences import CORRECTED, SKIPPED
from kefu.kernel.errors import Refused
from kefu.kernel.worktime import due
from kefu.organisation.models import User


@within_action
def step_done(*, journey: Journey, node: NodeTemplate, subject: Subject | None, by: User, at: datetime) -> None:
    """Complete a node because the thing that completes it has happened."""
    write_entry(journey, node, EntryKind.DONE, by, at, status_code=node.status_code, subject=subject)
    settle(journey=journey, by=by, at=at)


@within_action
def step_marked(
    *, journey: Journey, node: NodeTemplate, status_code: str, subject: Subject | None, by: User, at: datetime
) -> None:
    """Show another status word while the node stays whose turn it is (报告审核中, 重新采样); the same word again says nothing new."""
    if journey.status_code == status_code:
        return
    write_entry(journey, node, EntryKind.MARKED, by, at, status_code=status_code, subject=subject)
    settle(journey=journey, by=by, at=at)


@within_action
def step_undone(
    *, journey: Journey, node: NodeTemplate, reason: str, subject: Subject | None, by: User, at: datetime
) -> None:
    """Go back to a node because what completed it was cancelled or taken back."""
    write_entry(journey, node, EntryKind.CORRECTED, by, at, reason=reason, subject=subject)
    settle(journey=journey, by=by, at=at)


@within_action
def clock_started(*, journey: Journey, node: NodeTemplate, at: datetime) -> None:
    """What the node waited for is here: its deadline runs from now on. Once it runs it is not put off."""
    if journey.node_id == node.pk and journey.due_at is None:
        journey.due_at = _due(journey, node, at)
        journey.save(update_fields=["due_at"])


@within_action
def settle(*, journey: Journey, by: User, at: datetime) -> None:
    """Store where the journey stands after a line was written; tell the next in turn when it has moved."""
    now = standing_of(journey)
    journey.status_code = now.status_code
    if journey.state == JourneyState.OPEN and now.current is None:
        journey.state, journey.node, journey.ended_at, journey.due_at = JourneyState.CLOSED, None, at, None
        journey.save()
        return
    here = journey.node
    node = here if here and here.code == now.current else _node(journey, now.current)
    if node is None or (journey.node_id == node.pk and not now.back):
        if node is not None and node.repeats and node.code in now.passed:
            journey.due_at = None  # from the second time on, every contact has a date of its own
        journey.save()
        return
    journey.node, journey.since = node, at
    journey.due_at = _due(journey, node, at) if now.back or not node.clock_from else None
    journey.save()
    tell_next(journey, by=by, at=at)
    announce(NodeReached(journey_id=journey.pk, customer_id=journey.customer_id, node_code=node.code, by=by, at=at))


def _due(journey: Journey, node: NodeTemplate, at: datetime) -> datetime | None:
    deadline = node.deadline
    return due(calendar_for(journey.customer.node, node.calendar_code), at, deadline) if deadline else None


def _node(journey: Journey, code: str | None) -> NodeTemplate | None:
    return NodeTemplate.objects.filter(template_id=journey.template_id, code=code).first()


@within_action
def pass_step(*, customer_id: int, code: str, subject: Subject, by: User, at: datetime) -> Journey | None:
    """Complete a node of the customer's oldest open journey that stands there; for modules above. None: no journey stands there.

    Raises Forbidden without the node's role.
    """
    journey = standing_at(customer_id, code)
    if journey is None or journey.node is None:
        return None
    require_turn(journey, journey.node.roles, by)
    step_done(journey=journey, node=journey.node, subject=subject, by=by, at=at)
    return journey


@within_action
def waive_step(*, customer_id: int, code: str, reason: str, subject: Subject, by: User, at: datetime) -> Journey | None:
    """Pass a node without its status word because the customer refused it; the reason stays in the history. None: no journey stands there."""
    journey = standing_at(customer_id, code)
    if journey is None or journey.node is None:
        return None
    require_turn(journey, journey.node.roles, by)
    write_entry(journey, journey.node, EntryKind.SKIPPED, by, at, status_code="skipped", reason=reason, subject=subject)
    settle(journey=journey, by=by, at=at)
    return journey


@action
def complete_step(*, journey: Journey, by: User, at: datetime, reason: str = "") -> None:
    """Complete the current node by hand: only a node that nothing else completes, only by its role (JRN-018).

    Raises Refused `not_by_hand` when another page completes it, Forbidden without the role.
    """
    journey = locked_journey(journey, by)
    node = _current(journey)
    if not node.manual:
        raise Refused("not_by_hand", _("这一步由业务页面完成，不能在这里直接标记。"))
    require_turn(journey, node.roles, by)
    write_entry(journey, node, EntryKind.DONE, by, at, status_code=node.status_code, reason=reason)
    settle(journey=journey, by=by, at=at)
    _record("journey.step.completed", journey, node, by, at, reason)


@action
def skip_step(*, journey: Journey, reason: str, by: User, at: datetime) -> None:
    """Skip the current node and the optional ones right after it, because the customer does not want them (Annex 5.1).

    Raises Refused `not_optional`, Invalid without a reason.
    """
    journey = locked_journey(journey, by)
    node = _current(journey)
    need_reason(reason)
    if not node.optional:
        raise Refused("not_optional", _("这一步不能跳过。"))
    require_turn(journey, sorted({*journey.template.steering_roles, *node.roles}), by)
    following = journey.template.nodes.filter(order__gte=node.order, retired=False).order_by("order")
    for skipped in following:
        if not skipped.optional:
            break
        write_entry(journey, skipped, EntryKind.SKIPPED, by, at, status_code="skipped", reason=reason)
    settle(journey=journey, by=by, at=at)
    tell_timeline(journey, SKIPPED, reason, by, at, node)
    _record("journey.step.skipped", journey, node, by, at, reason)


@action
def correct_step(*, journey: Journey, to: NodeTemplate, reason: str, by: User, at: datetime) -> None:
    """Take the journey back to a node it has passed; what was recorded stays in the history (JRN-018).

    Allowed to that node's role and to the correction roles. Raises Refused `not_passed`, `journey_ended` (it must be
    reopened first), Invalid without a reason.
    """
    journey = open_journey(journey, by)
    need_reason(reason)
    require_turn(journey, [*to.roles, *journey.template.correction_roles], by)
    if to.code not in standing_of(journey).passed:
        raise Refused("not_passed", _("流程还没有走过“%(node)s”，不用改回。") % {"node": to.label})
    write_entry(journey, to, EntryKind.CORRECTED, by, at, reason=reason)
    settle(journey=journey, by=by, at=at)
    tell_timeline(journey, CORRECTED, reason, by, at, to)
    _record("journey.step.corrected", journey, to, by, at, reason)


def _current(journey: Journey) -> NodeTemplate:
    if journey.node is None:
        raise Refused("journey_ended", _("这个流程已经结束。"))
    return journey.node


def _record(code: str, journey: Journey, node: NodeTemplate, by: User, at: datetime, reason: str) -> None:
    record(code, by=by, at=at, subject=Subject("journey", journey.pk), customer_id=journey.customer_id,
           node_id=journey.customer.node_id, changes={"node": (node.code, journey.node.code if journey.node else None)}, reason=reason)  # fmt: skip
