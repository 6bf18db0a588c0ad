"""Booking, moving, cancelling, and the day of the visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.cancelling import note_cancellation
from kefu.appointments.actions.taking import given_to_other, take, take_instead
from kefu.appointments.cancel_reasons import CUSTOMER_GONE, OTHER, require_reason
from kefu.appointments.choices import AppointmentStatus, AppointmentType, Channel
from kefu.appointments.events import AppointmentBooked, AppointmentEnded, AppointmentMoved
from kefu.appointments.models import Appointment, AppointmentChange
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import offered, slot_at
from kefu.appointments.sentences import (
    BOOKED,
    CANCELLED,
    ENDED,
    MOVED,
    MOVED_FROM,
    NEW_FOR_DOCTOR,
    OTHER_DOCTOR,
    WITH_BEFORE,
)  # fmt: skip
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold, hold_living
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said, Sentence
from kefu.kernel.errors import Refused
from kefu.kernel.ids import ident
from kefu.organisation.models import Node, User
from kefu.people.queries import require_bookable

KIND = "appointments.appointment"
MOVABLE = (AppointmentStatus.BOOKED,)
NEXT = {
    AppointmentStatus.ARRIVED: (AppointmentStatus.BOOKED, AppointmentStatus.NO_SHOW),
    AppointmentStatus.COMPLETED: (AppointmentStatus.ARRIVED,),
    AppointmentStatus.NO_SHOW: (AppointmentStatus.BOOKED,),
    AppointmentStatus.CANCELLED: (AppointmentStatus.BOOKED,),
}


@action
def book(*, customer: Customer, doctor: User, node: Node, type: AppointmentType, start: datetime, channel: Channel = Channel.ON_SITE,
         note: str = "", by: User, at: datetime) -> Appointment:  # fmt: skip
    """Take a free slot of a doctor at a centre (APT-002, APT-003).

    Raises Refused `doctor_not_certified` (ORG-002, ORG-003), `slot_taken` with three `alternatives` when somebody was faster,
    `no_slot` when the doctor holds no clinic then, `customer_busy` when the customer has another booking at that time.
    """
    require(by, AppointmentPermission.BOOK, node_id=node.pk)
    hold_living(customer.pk)
    require_bookable(doctor, at)
    slot = offered(doctor, node, start, at, type)
    appointment = Appointment(
        customer=customer, doctor=doctor, node=node, type=type, channel=channel, note=note, booked_by=by, booked_at=at
    )
    take(appointment=appointment, slot=slot, at=at)
    _record(appointment, "appointments.appointment.booked", by, at, {"start": (None, slot.start)})
    _fact(appointment, BOOKED, by, at)
    _tell_doctor(appointment, "doctor_booking_new", by, at)
    announce(AppointmentBooked(appointment.pk, customer.pk, by, at))
    return appointment


@action
def move(*, appointment: Appointment, start: datetime, reason: str = "", by: User, at: datetime) -> Appointment:
    """Move a booking to another free slot of its doctor; the old slot is free at once (APT-007). Refusals as in `book`."""
    row = _locked(appointment)
    require(by, AppointmentPermission.CHANGE, node_id=row.node_id)
    _need(row, MOVABLE)
    slot, before = offered(row.doctor, row.node, start, at, row.type), row.start
    take_instead(appointment=row, slot=slot, at=at)
    _change(row, AppointmentStatus.BOOKED, before, slot.start, reason, by, at)
    _record(row, "appointments.appointment.moved", by, at, {"start": (before, slot.start)}, reason)
    was = MOVED_FROM(when=_moment(before))
    _fact(row, MOVED, by, at, [was, *filter(None, [reason])])
    _tell_doctor(row, "doctor_booking_new", by, at)
    announce(AppointmentMoved(row.pk, row.customer_id, reason, by, at))
    return row


@action
def cancel(*, appointment: Appointment, reason: str = "", code: str = OTHER, by: User, at: datetime) -> Appointment:
    """Cancel a booking; its slot is free at once, doctor and centre told (APT-007, APT-008).

    `code` is a reason of the shipped list; the words `reason` may be left out unless it is "other". Raises Invalid on `code`, `reason`.
    """
    why = require_reason(code, reason)
    row = _locked(appointment)
    require(by, AppointmentPermission.CHANGE, node_id=row.node_id)
    _end(row, AppointmentStatus.CANCELLED, why, by, at)
    _fact(row, CANCELLED, by, at, [row.ended_reason])
    note_cancellation(appointment=row, code=code, by=by, at=at)
    return row


@within_action
def cancel_all(*, customer_id: int, reason: str, by: User, at: datetime) -> None:
    """Cancel whatever a customer has booked, since he or she will not come; the doctors are told."""
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "doctor", "node")
    for row in rows.filter(customer_id=customer_id, status=AppointmentStatus.BOOKED).order_by("pk"):
        _end(row, AppointmentStatus.CANCELLED, reason, by, at)
        _fact(row, CANCELLED, by, at, [Said(reason)])
        note_cancellation(appointment=row, code=CUSTOMER_GONE, by=by, at=at)


@within_action
def reassign(*, appointment: Appointment, doctor: User, reason: str, by: User, at: datetime) -> None:
    """Keep the time, change the doctor: only where the new one holds clinic then and nobody has taken the slot (ORG-016).

    Raises Refused `not_free` (the booking has to be moved), `doctor_not_certified`, `status`.
    """
    row = _locked(appointment)
    _need(row, MOVABLE)
    require_bookable(doctor, at)
    slot, before = slot_at(doctor, row.node, row.start, at, row.type, still=True), row.doctor
    row.doctor = doctor
    if slot is None or slot.end < row.end or not given_to_other(appointment=row, slot=slot):
        raise Refused("not_free", _("%(name)s那个时间不出诊或已有预约，请改约。") % {"name": doctor.name})
    _change(row, AppointmentStatus.BOOKED, row.start, row.start, reason, by, at)
    numbers = (ident("usr", before.pk), ident("usr", doctor.pk))
    _record(row, "appointments.appointment.reassigned", by, at, {"doctor": numbers}, reason)
    _fact(row, OTHER_DOCTOR, by, at, [WITH_BEFORE(doctor=before.name), reason])
    _tell_doctor(row, "doctor_booking_new", by, at)
    announce(AppointmentMoved(row.pk, row.customer_id, reason, by, at))


@action
def set_status(*, appointment: Appointment, status: AppointmentStatus, by: User, at: datetime) -> Appointment:
    """Say what became of a booking on its day: arrived, completed, or not shown up; a no-show who comes late has arrived.

    Raises Refused `status` for a step that does not follow, `too_early` before its day.
    """
    row = _locked(appointment)
    require(by, AppointmentPermission.BOOK, node_id=row.node_id)
    if status == AppointmentStatus.CANCELLED:
        raise Refused("needs_reason", _("取消预约请写明原因。"))
    if timezone.localdate(row.start) > timezone.localdate(at):
        raise Refused("too_early", _("还没到预约的日子。"))
    _end(row, status, "", by, at)
    _fact(row, ENDED, by, at)
    return row


def _locked(appointment: Appointment) -> Appointment:
    hold(appointment.customer_id)
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "doctor", "node")
    return rows.get(pk=appointment.pk)


def _need(row: Appointment, statuses: tuple[AppointmentStatus, ...]) -> None:
    if row.status not in statuses:
        raise Refused("status", _("这个预约现在是“%(status)s”，不能这样办。") % {"status": row.get_status_display()})


def _end(row: Appointment, status: AppointmentStatus, reason: str, by: User, at: datetime) -> None:
    _need(row, NEXT.get(status, ()))
    before, row.status, row.ended_reason = row.status, status, reason
    row.save(update_fields=["status", "ended_reason"])
    _change(row, status, None, None, reason, by, at)
    _record(row, f"appointments.appointment.{status}", by, at, {"status": (before, status)}, reason)
    announce(AppointmentEnded(row.pk, row.customer_id, status, reason, by, at))


def _change(
    row: Appointment,
    status: AppointmentStatus,
    before: datetime | None,
    after: datetime | None,
    reason: str,
    by: User,
    at: datetime,
) -> None:
    AppointmentChange.objects.create(
        appointment=row, status=status, before=before, after=after, reason=reason, by=by, at=at
    )


def _record(
    row: Appointment, code: str, by: User, at: datetime, changes: Mapping[str, tuple[object, object]], reason: str = ""
) -> None:
    record(code, by=by, at=at, subject=Subject(KIND, row.pk), customer_id=row.customer_id, node_id=row.node_id,
           changes={"doctor": (None, ident("usr", row.doctor_id)), **changes}, reason=reason)  # fmt: skip


def _fact(row: Appointment, words: Sentence, by: User, at: datetime, why: Iterable[str | Said] = ()) -> None:
    told = words(
        type=AppointmentType(row.type),
        when=_moment(row.start),
        doctor=row.doctor.name,
        status=AppointmentStatus(row.status),
    )
    record_fact(
        customer=row.customer_id,
        kind=FactKind.APPOINTMENT,
        item=told,
        lines=why,
        subject=Subject(KIND, row.pk),
        by=by,
        at=at,
    )


def _tell_doctor(row: Appointment, code: str, by: User, at: datetime) -> None:
    if row.doctor_id == by.pk:
        return
    text = NEW_FOR_DOCTOR(name=row.customer.name, when=_moment(row.start), type=AppointmentType(row.type))
    tell(users=[row.doctor], code=code, text=text, link=f"/appointments/{row.pk}/", customer_id=row.customer_id, at=at)


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%m-%d %H:%M}"
