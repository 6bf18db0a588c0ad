"""Starting, withdrawing from, closing and reopening a journey."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.events.bus import announce
from kefu.journey.actions.steps import settle
from kefu.journey.choices import EntryKind, JourneyState
from kefu.journey.events import JourneyEnded
from kefu.journey.history import locked_journey, need_reason, open_journey, require_turn, tell_timeline, write_entry
from kefu.journey.models import Journey, JourneyTemplate, NodeTemplate
from kefu.journey.permissions import JourneyPermission
from kefu.journey.queries.positions import default_template
from kefu.journey.sentences import CLOSED, REOPENED, STARTED, WITHDRAWN
from kefu.kernel.errors import Refused
from kefu.organisation.models import User

_NEXT = "SELECT nextval(pg_get_serial_sequence('journey_journey', 'id'))"


@within_action
def begin(*, customer: Customer, template: JourneyTemplate, by: User, at: datetime) -> Journey:
    """Make a journey that stands before its first node."""
    first = template.nodes.filter(retired=False).order_by("order").first()
    if first is None:
        raise Refused("no_nodes", _("这个流程还没有节点，请管理员先配置。"))
    pk = _next_id()
    journey = Journey.objects.create(
        pk=pk,
        customer=customer,
        template=template,
        number=f"LC{timezone.localtime(at):%y}{pk:06d}",
        node=first,
        since=at,
        started_at=at,
        status_code="",
    )
    write_entry(journey, first, EntryKind.STARTED, by, at)
    return journey


def _next_id() -> int:
    """Journeys need no number without gaps: a counter's lock would make every desk wait for the end of a long import."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        return int(cursor.fetchone()[0])


@action
def start_journey(*, customer: Customer, start: NodeTemplate, reason: str, by: User, at: datetime) -> Journey:
    """Start another journey of a customer at a node, e.g. a repeat test or purchase; earlier nodes are skipped with the reason (JRN-020).

    Raises Refused `no_archive` for a lead, Invalid without a reason.
    """
    require(by, JourneyPermission.VIEW, customer=customer)
    need_reason(reason)
    if customer.stage != "active":
        raise Refused("no_archive", _("请先建档，再开始新的流程。"))
    hold(customer.pk)
    template = start.template
    journey = begin(customer=customer, template=template, by=by, at=at)
    require_turn(journey, template.steering_roles, by)
    for node in template.nodes.filter(order__lt=start.order, retired=False).order_by("order"):
        write_entry(journey, node, EntryKind.SKIPPED, by, at, status_code=node.status_code, reason=reason)
    settle(journey=journey, by=by, at=at)
    tell_timeline(journey, STARTED, reason, by, at)
    _record("journey.journey.started", journey, by, at, reason)
    return journey


@action
def withdraw(*, journey: Journey, reason: str, by: User, at: datetime) -> None:
    """End a journey because the customer withdraws; the reason is kept. Raises Refused `journey_ended`."""
    journey = open_journey(journey, by)
    need_reason(reason)
    require_turn(journey, journey.template.steering_roles, by)
    _end(journey, JourneyState.WITHDRAWN, EntryKind.WITHDRAWN, reason, by, at)
    tell_timeline(journey, WITHDRAWN, reason, by, at)
    _record("journey.journey.withdrawn", journey, by, at, reason)


@action
def close(*, journey: Journey, reason: str, by: User, at: datetime) -> None:
    """End a journey that has run its course, with the reason. Raises Refused `journey_ended`."""
    journey = open_journey(journey, by)
    need_reason(reason)
    require_turn(journey, journey.template.steering_roles, by)
    _end(journey, JourneyState.CLOSED, EntryKind.CLOSED, reason, by, at)
    tell_timeline(journey, CLOSED, reason, by, at)
    _record("journey.journey.closed", journey, by, at, reason)


@action
def reopen(*, journey: Journey, reason: str, by: User, at: datetime) -> None:
    """Take up an ended journey where it stood. Raises Refused `journey_open`."""
    journey = locked_journey(journey, by)
    need_reason(reason)
    require_turn(journey, journey.template.steering_roles, by)
    if journey.state == JourneyState.OPEN:
        raise Refused("journey_open", _("这个流程还在进行中。"))
    last = journey.entries.select_related("node").order_by("-pk").first()
    journey.state, journey.ended_at = JourneyState.OPEN, None
    write_entry(
        journey,
        last.node if last else journey.template.nodes.earliest("order"),
        EntryKind.REOPENED,
        by,
        at,
        reason=reason,
    )
    settle(journey=journey, by=by, at=at)
    tell_timeline(journey, REOPENED, reason, by, at)
    _record("journey.journey.reopened", journey, by, at, reason)


@within_action
def follow_archive(*, customer: Customer, by: User, at: datetime) -> None:
    """Start the default journey of a customer whose archive was just opened; its first node is done by that (JRN-003)."""
    template = default_template()
    if template is None or Journey.objects.filter(customer=customer).exists():
        return
    journey = begin(customer=customer, template=template, by=by, at=at)
    first = journey.node
    if first is not None and first.completed_by == "customers.ArchiveOpened":
        write_entry(
            journey,
            first,
            EntryKind.DONE,
            by,
            at,
            status_code=first.status_code,
            subject=Subject("customer", customer.pk),
        )
    settle(journey=journey, by=by, at=at)


@within_action
def end_all(*, customer_id: int, reason: str, by: User, at: datetime) -> None:
    """Withdraw every open journey of a customer who was closed."""
    for journey in Journey.objects.select_for_update(of=("self",), no_key=True).filter(
        customer_id=customer_id, state=JourneyState.OPEN
    ):
        _end(journey, JourneyState.WITHDRAWN, EntryKind.WITHDRAWN, reason, by, at)


def _end(journey: Journey, state: JourneyState, kind: EntryKind, reason: str, by: User, at: datetime) -> None:
    if journey.node is not None:
        write_entry(journey, journey.node, kind, by, at, status_code="closed", reason=reason)
    journey.state, journey.status_code, journey.ended_at, journey.node, journey.due_at = state, "closed", at, None, None
    journey.save()
    announce(
        JourneyEnded(
            journey.pk, journey.customer_id, withdrawn=state == JourneyState.WITHDRAWN, reason=reason, by=by, at=at
        )
    )


def _record(code: str, journey: Journey, by: User, at: datetime, reason: str) -> None:
    record(code, by=by, at=at, subject=Subject("journey", journey.pk), customer_id=journey.customer_id,
           node_id=journey.customer.node_id, changes={"state": (None, journey.state)}, reason=reason)  # fmt: skip
