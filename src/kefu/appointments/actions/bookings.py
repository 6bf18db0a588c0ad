"""Booking, cancelling, and the day of the visit."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.cancelling import note_cancellation
from kefu.appointments.actions.changing import locked, need, not_too_late, require_for_visitors
from kefu.appointments.actions.noting import tell_doctor, write_history, write_timeline, write_trail
from kefu.appointments.actions.taking import KIND, given_again, let_go, take
from kefu.appointments.cancel_reasons import CUSTOMER_GONE, OTHER, PLANS_CHANGED, require_reason
from kefu.appointments.choices import OCCUPYING, REOPENED_TO, AppointmentStatus, Channel
from kefu.appointments.clashes import clash, first_come
from kefu.appointments.events import AppointmentBooked, AppointmentEnded
from kefu.appointments.models import Appointment
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import customer_may_cancel, offered
from kefu.appointments.queries.types import bookable_type
from kefu.appointments.rules import Bar
from kefu.appointments.sentences import BOOKED, CANCELLED, ENDED, LEFT_OPEN, REOPENED
from kefu.appointments.visitors import require_desk
from kefu.customers.holding import hold_living
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, nothing_changed, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import Node, User
from kefu.people.queries import require_bookable

__all__ = ["KIND", "book", "cancel", "cancel_all", "reopen", "set_status"]
NEXT = {
    AppointmentStatus.ARRIVED: (AppointmentStatus.BOOKED, AppointmentStatus.NO_SHOW),
    AppointmentStatus.COMPLETED: (AppointmentStatus.ARRIVED,),
    AppointmentStatus.NO_SHOW: (AppointmentStatus.BOOKED,),
    AppointmentStatus.CANCELLED: (AppointmentStatus.BOOKED,),
}


@first_come
@action
def book(*, customer: Customer, doctor: User, node: Node, type: str, start: datetime, channel: Channel = Channel.ON_SITE,
         note: str = "", key: str = "", held: Appointment | None = None, by: User, at: datetime) -> Appointment:  # fmt: skip
    """Take a free slot of a doctor at a centre (APT-002, APT-003). With a `key`, the same caller gets the same booking again.

    `held` is the slot kept for this customer, or for somebody then unknown: it gives way to the booking. One whose time has run out is no
    hindrance either: the slot is booked as long as nobody else has it.

    Raises Invalid `type` for what cannot be booked there, Refused `doctor_not_certified` (ORG-002, ORG-003), `slot_taken` with three `alternatives` when somebody was faster,
    `no_slot` when the doctor holds no clinic then, `customer_busy` when the customer has another booking at that time, `on_the_way`
    when the doctor could not come in time from another centre, `key_reused` for a key that booked for another customer.
    """
    require_desk(by, AppointmentPermission.BOOK, node.pk)
    hold_living(customer.pk)
    if made := made_before(key=key, customer=customer, by=by):
        return made
    wanted = bookable_type(type, node)
    require_bookable(doctor, at)
    slot = offered(doctor, node, start, at, type)
    if held is not None:
        let_go(holds=Appointment.with_holds.kept_for(customer).filter(pk=held.pk), by=by, at=at)
    appointment = Appointment(
        customer=customer, doctor=doctor, node=node, type=wanted, channel=channel, note=note, request_key=key, booked_by=by, booked_at=at,
    )  # fmt: skip
    take(appointment=appointment, slot=slot, at=at)
    booked(row=appointment, by=by, at=at)
    return appointment


@within_action
def made_before(*, key: str, customer: Customer, by: User) -> Appointment | None:
    """What this caller booked with the key already. Raises Refused `key_reused` where that was for somebody else."""
    made = Appointment.objects.filter(booked_by=by, request_key=key).first() if key else None
    if made is None:
        return None
    if made.customer_id != customer.pk:
        raise Refused("key_reused", _("这个编号已经用于另一个预约。"))
    nothing_changed()
    return made


@within_action
def booked(*, row: Appointment, by: User, at: datetime) -> None:
    """Say everywhere that a slot is booked."""
    write_trail(row=row, verb="booked", changes={"start": (None, row.start)}, by=by, at=at)
    write_timeline(row=row, words=BOOKED, by=by, at=at)
    tell_doctor(row=row, code="doctor_booking_new", by=by, at=at)
    announce(AppointmentBooked(row.pk, row.customer_id, by, at))


@action
def cancel(*, appointment: Appointment, reason: str = "", code: str = OTHER, override: bool = False,
           by: User, at: datetime) -> Appointment:  # fmt: skip
    """Cancel a booking; its slot is free at once, doctor and centre told (APT-007, APT-008).

    `code` is a reason of the shipped list; the words `reason` may be left out unless it is "other". Raises Invalid on `code`, `reason`,
    Refused `too_late` when its time has come and nobody with the right says otherwise (`override`).
    """
    why = require_reason(code, reason)
    row = locked(appointment=appointment)
    require(by, AppointmentPermission.CHANGE, node_id=row.node_id)
    need(row=row, statuses=NEXT[AppointmentStatus.CANCELLED])
    not_too_late(row=row, override=override, by=by, at=at)
    _cancel(row, why, code, by, at)
    return row


@action
def cancel_by_customer(
    *, appointment: Appointment, code: str = PLANS_CHANGED, reason: str = "", by: User, at: datetime
) -> Appointment:
    """The customer cancels without calling: by the system, and no later than a day before (APT-006, APT-007). Raises Refused `too_late`."""
    why = require_reason(code, reason)
    row = locked(appointment=appointment)
    require_for_visitors(by=by, node=row.node)
    need(row=row, statuses=NEXT[AppointmentStatus.CANCELLED])
    if not customer_may_cancel(row, at):
        raise Refused(Bar.TOO_LATE, _("离预约时间太近，请打电话取消。"))
    _cancel(row, why, code, by, at)
    return row


@within_action
def cancel_all(*, customer_id: int, reason: str, by: User, at: datetime) -> None:
    """Cancel what a customer has booked and will not come to; the doctors are told. A visit whose time has come is settled as any other."""
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "doctor", "node")
    ahead = rows.filter(customer_id=customer_id, status=AppointmentStatus.BOOKED, during__startswith__gt=at)
    for row in ahead.order_by("pk"):
        _cancel(row, reason, CUSTOMER_GONE, by, at)


@first_come
@action
def set_status(*, appointment: Appointment, status: AppointmentStatus, by: User, at: datetime) -> Appointment:
    """Say what became of a booking on its day: arrived, completed, or not shown up; a no-show who comes late has arrived.

    Raises Refused `status` for a step that does not follow, `too_early` before its day, `slot_taken` for a no-show whose slot
    another customer has by now.
    """
    row = locked(appointment=appointment)
    require(by, AppointmentPermission.BOOK, node_id=row.node_id)
    if status == AppointmentStatus.CANCELLED:
        raise Refused("needs_reason", _("取消预约请写明原因。"))
    if timezone.localdate(row.start) > timezone.localdate(at):
        raise Refused("too_early", _("还没到预约的日子。"))
    _end(row, status, "", by, at)
    write_timeline(row=row, words=ENDED, by=by, at=at)
    return row


@action
def miss(*, appointment: Appointment, by: User, at: datetime) -> bool:
    """Record a booking as missed of which nothing was said when its day was over; whether it still stood open and was not moved meanwhile.

    Undone like any other: somebody who came after all is recorded as arrived, or it is reopened by right.
    """
    row = locked(appointment=appointment)
    if row.status != AppointmentStatus.BOOKED or row.end > at:
        nothing_changed()
        return False
    _end(row, AppointmentStatus.NO_SHOW, LEFT_OPEN.code, by, at)
    write_timeline(row=row, words=ENDED, why=[LEFT_OPEN], by=by, at=at)
    return True


@first_come
@action
def reopen(*, appointment: Appointment, reason: str, by: User, at: datetime) -> Appointment:
    """Take back what was said of a visit: arrived, completed or not shown up by mistake.

    Raises Forbidden without the right to make exceptions, Invalid without a reason, Refused `status` for what is not settled,
    `slot_taken` when another customer has the slot by now.
    """
    row = locked(appointment=appointment)
    require(by, AppointmentPermission.OVERRIDE, node_id=row.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    need(row=row, statuses=REOPENED_TO)
    _become(row, REOPENED_TO[AppointmentStatus(row.status)], reason.strip(), by, at, verb="reopened")
    write_timeline(row=row, words=REOPENED, why=[reason.strip()], by=by, at=at)
    return row


def _cancel(row: Appointment, reason: str, code: str, by: User, at: datetime) -> None:
    _end(row, AppointmentStatus.CANCELLED, reason, by, at)
    write_timeline(row=row, words=CANCELLED, why=[Said(reason)], by=by, at=at)
    note_cancellation(appointment=row, code=code, by=by, at=at)


def _end(row: Appointment, status: AppointmentStatus, reason: str, by: User, at: datetime) -> None:
    need(row=row, statuses=NEXT.get(status, ()))
    _become(row, status, reason, by, at, verb=status)
    announce(AppointmentEnded(row.pk, row.customer_id, status, reason, by, at))


def _become(row: Appointment, status: AppointmentStatus, reason: str, by: User, at: datetime, *, verb: str) -> None:
    before, row.status = row.status, status
    row.ended_reason = reason if status == AppointmentStatus.CANCELLED else ""
    row.sequence += status == AppointmentStatus.CANCELLED
    fields = ["status", "ended_reason", "sequence"]
    if before in OCCUPYING or status not in OCCUPYING:
        row.save(update_fields=fields)
    elif not given_again(appointment=row, fields=fields, at=at):
        raise clash(row, at)
    write_history(row=row, reason=reason, by=by, at=at)
    write_trail(row=row, verb=verb, changes={"status": (before, status)}, reason=reason, by=by, at=at)
