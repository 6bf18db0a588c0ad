"""Contacts made or missed, and changing what is planned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.followup.actions.plans import redate, stop_planned
from kefu.followup.choices import Basis, FollowUpState
from kefu.followup.events import ContactMade
from kefu.followup.limits import RETRY_DAYS
from kefu.followup.models import FollowUp
from kefu.followup.permissions import FollowUpPermission
from kefu.followup.queries import due_moment, open_for
from kefu.followup.rules import open_day
from kefu.followup.sentences import ALL_STOPPED, MOVED, OUTCOMES, STOPPED
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.access.queries import access_of
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.sentences.saying import Said, Sentence
from kefu.foundation.worktime.queries import calendar_for
from kefu.journey.actions.steps import pass_step
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.messaging.actions.contacts import log_contact as keep_contact
from kefu.messaging.choices import SAID_SOMETHING, ContactChannel, Direction, Outcome, Purpose
from kefu.messaging.models import ContactAttempt
from kefu.organisation.models import User

KIND = "followup.follow_up"
NODE = "followup"
JOURNEY_ROLES = ("health_manager", "service_agent")


@action
def log_contact(*, follow_up: FollowUp, outcome: Outcome, note: str, channel: ContactChannel = ContactChannel.PHONE,
                again_on: date | None = None, by: User, at: datetime) -> ContactAttempt:  # fmt: skip
    """Record what came of contacting the customer; it lands on the timeline (JRN-017, CUS-008).

    Reached: done. Refused: stopped with the note as reason. Anything else: tried again on `again_on`, else after the configured days,
    and from then on it is the caller's. Raises Refused `not_open`, `too_early`; Invalid without a note when reached or refused.
    """
    row = _locked(follow_up, by)
    _check(row, outcome, note, again_on, at)
    contact = keep_contact(customer=row.customer, channel=channel, direction=Direction.OUT, purpose=Purpose.FOLLOWUP, outcome=outcome, note=note,
                           subject=Subject(KIND, row.pk), by=by, at=at)  # fmt: skip
    row.attempts += 1
    if outcome == Outcome.REACHED:
        row.state, row.done_at = FollowUpState.DONE, at
        row.save()
        _enter_journey(row, by, at)
        announce(ContactMade(row.pk, row.customer_id, by, at))
    elif outcome == Outcome.REFUSED:
        row.state, row.done_at, row.reason = FollowUpState.STOPPED, at, note.strip()[:200]
        row.save()
    else:
        row.taken_by = by
        row.save()
        day = again_on or open_day(
            timezone.localdate(at) + timedelta(days=RETRY_DAYS.on(at, node_id=row.customer.node_id)),
            calendar_for(row.customer.node),
        )
        redate(
            row,
            due_moment(day, row.customer, at),
            Basis.AGREED if again_on else row.basis,
            row.basis_on,
            OUTCOMES[outcome].code,
            by,
            at,
        )
    _record(row, "followup.contact.recorded", by, at, {"outcome": (None, outcome), "state": ("open", row.state)})
    return contact


@action
def reschedule(*, follow_up: FollowUp, day: date, reason: str, by: User, at: datetime) -> FollowUp:
    """Contact the customer on another day. Raises Invalid for a past day or without a reason, Refused `not_open`."""
    row = _locked(follow_up, by)
    _need_reason(reason)
    if day < timezone.localdate(at):
        raise Invalid.one("day", "past", _("日期不能早于今天。"))
    redate(row, due_moment(day, row.customer, at), row.basis, row.basis_on, reason, by, at)
    _fact(row.customer, MOVED(day=day.isoformat(), topic=row.about), reason, Subject(KIND, row.pk), by, at)
    return row


@action
def take(*, follow_up: FollowUp, by: User, at: datetime) -> FollowUp:
    """Take a contact on, so that no colleague calls as well. Raises Refused `taken` by somebody else."""
    row = _locked(follow_up, by)
    if row.taken_by_id not in (None, by.pk):
        raise Refused("taken", _("这次回访已由 %(name)s 接手。") % {"name": row.taken_by.name if row.taken_by else ""})
    row.taken_by = by
    row.save(update_fields=["taken_by"])
    _record(row, "followup.plan.taken", by, at, {"taken_by": (None, by.job_number)})
    return row


@within_action
def pass_on(*, follow_up: FollowUp, to: User | None, reason: str, by: User, at: datetime) -> None:
    """Give a contact that somebody took on to a colleague, or to whoever takes it. Raises Refused `not_open`, `out_of_reach`."""
    hold(follow_up.customer_id)
    rows = FollowUp.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "taken_by")
    row = rows.get(pk=follow_up.pk)
    if row.state != FollowUpState.OPEN:
        raise Refused("not_open", _("这次回访已经是“%(state)s”。") % {"state": row.get_state_display()})
    if to is not None and not allowed(to, FollowUpPermission.CONTACT, customer=row.customer):
        raise Refused("out_of_reach", _("%(name)s看不到这位客户，请先把客户交给他。") % {"name": to.name})
    numbers = [person.job_number if person else None for person in (row.taken_by, to)]
    row.taken_by = to
    row.save(update_fields=["taken_by"])
    _record(row, "followup.plan.passed_on", by, at, {"taken_by": (numbers[0], numbers[1])}, reason)


@action
def stop(*, follow_up: FollowUp, reason: str, by: User, at: datetime) -> FollowUp:
    """Do not make this contact. Raises Refused `not_open`, Invalid without a reason."""
    row = _locked(follow_up, by)
    _need_reason(reason)
    stop_planned(follow_ups=[row], reason=reason, by=by, at=at)
    _fact(row.customer, STOPPED(topic=row.about), reason, Subject(KIND, row.pk), by, at)
    return row


@action
def stop_all(*, customer: Customer, reason: str, by: User, at: datetime) -> int:
    """The customer wants no more calls: stop everything planned. Raises Refused `nothing_planned`, Invalid without a reason."""
    require(by, FollowUpPermission.CONTACT)
    _need_reason(reason)
    hold(customer.pk)
    rows = list(
        FollowUp.objects.visible_to(by, FollowUpPermission.CONTACT)
        .select_for_update(of=("self",), no_key=True)
        .filter(pk__in=open_for(customer).values("pk"))
    )
    if not rows:
        raise Refused("nothing_planned", _("没有待回访的安排。"))
    _fact(customer, ALL_STOPPED, reason, None, by, at)
    return stop_planned(follow_ups=rows, reason=reason, by=by, at=at)


def _locked(follow_up: FollowUp, by: User) -> FollowUp:
    require(by, FollowUpPermission.CONTACT)
    hold(follow_up.customer_id)
    rows = FollowUp.objects.visible_to(by, FollowUpPermission.CONTACT).filter(pk=follow_up.pk)
    row = (
        rows.select_for_update(of=("self",), no_key=True)
        .select_related("customer__node", "journey", "taken_by")
        .first()
    )
    if row is None:
        raise OutOfScope()
    if row.state != FollowUpState.OPEN:
        raise Refused("not_open", _("这次回访已经是“%(state)s”。") % {"state": row.get_state_display()})
    return row


def _check(row: FollowUp, outcome: Outcome, note: str, again_on: date | None, at: datetime) -> None:
    if outcome in SAID_SOMETHING and not note.strip():
        raise Invalid.one("note", "required", _("请写下客户怎么说的。"))
    if again_on and again_on < timezone.localdate(at):
        raise Invalid.one("again_on", "past", _("日期不能早于今天。"))
    if timezone.localdate(at) < row.basis_on:
        raise Refused("too_early", _("还没到起算日，不能回访。"))


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))


def _fact(
    customer: Customer, item: Said | Sentence, reason: str, subject: Subject | None, by: User, at: datetime
) -> None:
    record_fact(customer=customer, kind=FactKind.FOLLOWUP, item=item, lines=[reason.strip()], subject=subject, by=by, at=at)  # fmt: skip


def _enter_journey(row: FollowUp, by: User, at: datetime) -> None:
    """The journey's follow-up node is entered with the first contact; an earlier node is never skipped by it."""
    if any(access_of(by).has_role(role, row.customer.node_id) for role in JOURNEY_ROLES):
        pass_step(customer_id=row.customer_id, code=NODE, subject=Subject(KIND, row.pk), by=by, at=at)


def _record(
    row: FollowUp, code: str, by: User, at: datetime, changes: Mapping[str, tuple[object, object]], reason: str = ""
) -> None:
    record(
        code,
        by=by,
        at=at,
        subject=Subject(KIND, row.pk),
        customer_id=row.customer_id,
        node_id=row.customer.node_id,
        changes=changes,
        reason=reason,
    )
