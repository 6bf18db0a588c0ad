"""What becomes of the bookings that a change of the timetable breaks: a decision for each, in the transaction of the change (APT-019)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.bookings import cancel
from kefu.appointments.actions.freeing import freed
from kefu.appointments.actions.moves import move, reassign
from kefu.appointments.cancel_reasons import CENTRE, DOCTOR_AWAY
from kefu.appointments.choices import AppointmentStatus, Cause, Settlement
from kefu.appointments.events import AppointmentEnded, AppointmentMoved
from kefu.appointments.facing import faced
from kefu.appointments.locking import hold_timetables
from kefu.appointments.models import Appointment, Renegotiation
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.renegotiations import Amendment, covered_again
from kefu.appointments.sentences import moment
from kefu.customers.holding import hold, lock
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import Refused
from kefu.kernel.ids import ident
from kefu.organisation.models import User

KIND = "appointments.renegotiation"


@dataclass(frozen=True)
class Decision:
    """Move it to `start`, give it to `doctor`, keep it, cancel it, or leave it open for later."""

    outcome: Settlement
    start: datetime | None = None
    doctor: User | None = None


Decisions = Mapping[int, Decision]
"""By the id of the booking."""


@within_action
def face(*, amendment: Amendment, decisions: Decisions, by: User, at: datetime) -> list[Appointment]:
    """The bookings that the change breaks, held together with the timetables until it is done.

    Raises Refused `hits_elsewhere` where one may not keep the hours of one of them, and names none; `hits_bookings` unless there is a
    decision for each of them and no other: also when somebody booked meanwhile.
    """
    found = faced(amendment, by, at)
    used = [one.doctor.pk for one in decisions.values() if one.doctor]
    hold_edited(doctors=amendment.doctors, customers=[one.customer_id for one in found], used=used)
    hits = faced(amendment, by, at)
    open_ones = [one for one in hits if one.pk not in decisions]
    if open_ones:
        names = "、".join(f"{one.customer.name} {moment(one.start)}" for one in open_ones)
        told: dict[str, object] = {"bookings": [ident("apt", one.pk) for one in open_ones]}
        raise Refused(
            "hits_bookings", _("会碰到已有的预约：%(names)s。请先说明每一个怎么办。") % {"names": names}, told
        )
    if len(hits) != len(decisions):
        raise Refused("hits_changed", _("刚才有预约变了，请再看一遍。"))
    return hits


@within_action
def hold_edited(*, doctors: Sequence[int], customers: Sequence[int] = (), used: Sequence[int] = ()) -> None:
    """Hold those whose bookings a change breaks and those with whom another time is still to be agreed, then the timetables."""
    waiting = Renegotiation.objects.filter(outcome=Settlement.OPEN, appointment__doctor__in=doctors)
    lock(*customers, *waiting.values_list("appointment__customer", flat=True))
    hold(*customers)
    hold_timetables(doctors, used)


@within_action
def decide(*, amendment: Amendment, hits: Sequence[Appointment], decisions: Decisions, by: User, at: datetime) -> None:
    """Carry the decisions out after the timetable has changed; what is left for later stands on the workbench until it is settled."""
    for one in hits:
        decision = decisions[one.pk]
        made = Renegotiation(
            appointment=one, cause=amendment.cause, reason=amendment.reason, start=one.start, opened_by=by, opened_at=at
        )  # fmt: skip
        if decision.outcome != Settlement.OPEN:
            made.outcome, made.settled_by, made.settled_at = decision.outcome, by, at
        made.save()
        _carry_out(made, decision, by, at)


@action
def renegotiate(*, renegotiation: Renegotiation, decision: Decision, by: User, at: datetime) -> Renegotiation:
    """Settle what was left for later. Raises Refused `settled` when somebody was faster, else as moving, giving and cancelling do."""
    hold(renegotiation.appointment.customer_id)
    row = (
        Renegotiation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("appointment__node")
        .get(pk=renegotiation.pk)
    )
    require(by, AppointmentPermission.CHANGE, node_id=row.appointment.node_id)
    if row.outcome != Settlement.OPEN:
        raise Refused("settled", _("这一个已经商定：%(outcome)s。") % {"outcome": row.get_outcome_display()})
    if decision.outcome == Settlement.OPEN:
        raise Refused("undecided", _("请选怎么办。"))
    row.outcome, row.settled_by, row.settled_at = decision.outcome, by, at
    row.save(update_fields=["outcome", "settled_by", "settled_at"])
    _record(row, decision.outcome, by, at)
    _carry_out(row, decision, by, at)
    return row


@within_action
def settled_elsewhere(*, event: AppointmentMoved | AppointmentEnded) -> None:
    """A booking that was moved, cancelled or kept by other ways is no longer to be renegotiated."""
    outcome = Settlement.MOVED
    if isinstance(event, AppointmentEnded):
        outcome = Settlement.CANCELLED if event.status == AppointmentStatus.CANCELLED else Settlement.KEPT
    _settle(Renegotiation.objects.filter(appointment=event.appointment_id), outcome, event.by, event.at)


@within_action
def forget_covered(*, doctors: Sequence[int], by: User, at: datetime) -> None:
    """Where the hours are there again, nothing has to be renegotiated any more, and who waits may be offered them."""
    freed(doctors=doctors)
    for row in covered_again(doctors, at):
        if _settle(Renegotiation.objects.filter(pk=row.pk), Settlement.VOID, by, at):
            _record(row, Settlement.VOID, by, at)


def _settle(rows: QuerySet[Renegotiation], outcome: Settlement, by: User, at: datetime) -> int:
    """Settle those that nobody has settled meanwhile."""
    return rows.filter(outcome=Settlement.OPEN).update(outcome=outcome, settled_by=by, settled_at=at)


def _record(row: Renegotiation, outcome: Settlement, by: User, at: datetime) -> None:
    booking = row.appointment
    record("appointments.renegotiation.settled", by=by, at=at, subject=Subject(KIND, row.pk), customer_id=booking.customer_id,
           node_id=booking.node_id, changes={"outcome": (Settlement.OPEN, outcome)})  # fmt: skip


def _carry_out(row: Renegotiation, decision: Decision, by: User, at: datetime) -> None:
    """Refusals name the customer: of many decisions one has to know which."""
    try:
        _do(row, decision, by, at)
    except Refused as refusal:
        words = _("%(name)s：%(why)s") % {"name": row.appointment.customer.name, "why": refusal.message}
        raise Refused(refusal.code, words, refusal.details) from refusal


def _do(row: Renegotiation, decision: Decision, by: User, at: datetime) -> None:
    booking, reason = row.appointment, row.reason
    if decision.outcome == Settlement.MOVED and decision.start is not None:
        move(appointment=booking, start=decision.start, reason=reason, on_us=True, by=by, at=at)
    elif decision.outcome == Settlement.GIVEN and decision.doctor is not None:
        require(by, AppointmentPermission.CHANGE, node_id=booking.node_id)
        reassign(appointment=booking, doctor=decision.doctor, reason=reason, by=by, at=at)
    elif decision.outcome == Settlement.CANCELLED:
        code = DOCTOR_AWAY if row.cause == Cause.LEAVE else CENTRE
        cancel(appointment=booking, reason=reason, code=code, by=by, at=at)
