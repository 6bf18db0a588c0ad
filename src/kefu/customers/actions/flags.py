"""Warnings, special care and incidents (CUS-033, CUS-034)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import FactKind, FlagKind, IncidentState
from kefu.customers.holding import hold
from kefu.customers.merging import Joining
from kefu.customers.models import Customer, Flag, Incident
from kefu.customers.rights import INCIDENT_RIGHT, flag_right
from kefu.customers.sentences import FLAGGED, INCIDENT, UNFLAGGED
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User


@action
def set_flag(*, customer: Customer, kind: str, reason: str, by: User, at: datetime) -> Flag:
    """Flag a customer, saying why; warnings only by an authorised colleague.

    Raises Invalid (`kind`, `reason`), Refused `flagged`, Forbidden, OutOfScope (CUS-033, CUS-034).
    """
    if kind not in FlagKind.values:
        raise Invalid.one("kind", "unknown", _("请选择标记。"))
    require(by, flag_right(kind), customer=customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    hold(customer.pk)
    if customer.flags.filter(kind=kind, ended_at__isnull=True).exists():
        raise Refused("flagged", _("这位客户已经有这个标记。"))
    flag = Flag.objects.create(customer=customer, kind=kind, reason=reason.strip(), by=by, at=at)
    _record(flag, "customers.flag.set", (None, kind), by, at)
    record_fact(customer=customer, kind=FactKind.NOTE, item=FLAGGED(kind=FlagKind(kind)), by=by, at=at,
                subject=Subject("customers.flag", flag.pk))  # fmt: skip
    return flag


@action
def end_flag(*, flag: Flag, reason: str, by: User, at: datetime) -> None:
    """End a flag, saying why. Raises Invalid (`reason`), Refused `ended`, Forbidden, OutOfScope (CUS-033)."""
    require(by, flag_right(flag.kind), customer=flag.customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    hold(flag.customer_id)
    flag.refresh_from_db()
    if flag.ended_at is not None:
        raise Refused("ended", _("这个标记已经取消。"))
    flag.ended_by, flag.ended_at, flag.ended_reason = by, at, reason.strip()
    flag.save(update_fields=["ended_by", "ended_at", "ended_reason"])
    _record(flag, "customers.flag.ended", (flag.kind, None), by, at)
    record_fact(customer=flag.customer_id, kind=FactKind.NOTE, item=UNFLAGGED(kind=FlagKind(flag.kind)), by=by, at=at,
                subject=Subject("customers.flag", flag.pk))  # fmt: skip


@action
def note_incident(*, customer: Customer, state: str, happened: str, done: str, by: User, at: datetime) -> Incident:
    """Write what happened with somebody who was not of full capacity, and what was done.

    Raises Invalid (`state`, `happened`, `done`), Forbidden, OutOfScope (CUS-034).
    """
    require(by, INCIDENT_RIGHT, customer=customer)
    missing = [
        FieldError(name, "required", _("这一项还没填"))
        for name, text in (("happened", happened), ("done", done))
        if not text.strip()
    ]
    if state not in IncidentState.values:
        missing.append(FieldError("state", "unknown", _("请选择情形。")))
    if missing:
        raise Invalid(missing)
    hold(customer.pk)
    incident = Incident.objects.create(
        customer=customer, state=state, happened=happened.strip(), done=done.strip(), by=by, at=at
    )
    subject = Subject("customers.incident", incident.pk)
    record("customers.incident.noted", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id,
           personal={"state": (None, state), "happened": (None, incident.happened), "done": (None, incident.done)})  # fmt: skip
    record_fact(customer=customer, kind=FactKind.NOTE, item=INCIDENT, subject=subject, by=by, at=at)
    return incident


@within_action
def combine_flags(joining: Joining) -> None:
    """Flags move, but one that holds for both is kept once: the surviving customer's."""
    held = Flag.objects.filter(customer=joining.survivor_id, ended_at__isnull=True).values_list("kind", flat=True)
    theirs = Flag.objects.filter(customer=joining.merged_id).exclude(ended_at__isnull=True, kind__in=list(held))
    joining.set(theirs, customer_id=joining.survivor_id)


def _record(flag: Flag, code: str, change: tuple[object, object], by: User, at: datetime) -> None:
    reason = flag.ended_reason or flag.reason
    record(code, by=by, at=at, subject=Subject("customers.flag", flag.pk), customer_id=flag.customer_id,
           node_id=flag.customer.node_id, changes={"kind": change}, reason=reason)  # fmt: skip
