"""Taking a slot. The row itself takes it: the database refuses overlaps, and of two at once one waits for the other.

A held slot whose time has run out still stands in the way, since no constraint knows the time: whoever meets one removes it and tries
again, within the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from psycopg.types.range import TimestamptzRange

from kefu.appointments.actions.freeing import freed
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.clashes import clash
from kefu.appointments.limits import TRAVEL_MINUTES
from kefu.appointments.models import Appointment
from kefu.appointments.models.bookings import HELD
from kefu.appointments.queries.seats import seats_left
from kefu.appointments.queries.slots import slot_at
from kefu.appointments.rules import Slot
from kefu.foundation.audit.trail import Subject, record, within_action
from kefu.organisation.models import User

KIND = "appointments.appointment"
_TAKE = """
    INSERT INTO appointments_appointment (
        customer_id, doctor_id, node_id, room_id, equipment_id, type, during, blocked, reach, session, seat, status, channel, note,
        booked_by_id, booked_at, ended_reason, request_key, expires_at, holder
    ) VALUES (
        %(customer)s, %(doctor)s, %(node)s, %(room)s, %(equipment)s, %(type)s, %(during)s, %(blocked)s, %(reach)s, %(session)s, %(seat)s,
        %(status)s, %(channel)s, %(note)s, %(by)s, %(at)s, '', %(key)s, %(expires_at)s, %(holder)s
    ) ON CONFLICT DO NOTHING RETURNING id
"""
_BOOK = f"""
    WITH taken AS ({_TAKE})
    INSERT INTO appointments_appointmentchange (appointment_id, status, before, after, reason, by_id, at)
    SELECT id, %(status)s, NULL, %(start)s, '', %(by)s, %(at)s FROM taken RETURNING appointment_id
"""  # noqa: S608
"""The booking and the first line of its history; no row when the doctor, the customer or the room is taken."""
PLACE = ("doctor", "node", "type", "sequence", "during", "blocked", "reach", "room", "equipment", "session", "seat")
"""What a move may change of a booking, and what a slot says of it."""


@within_action
def take(*, appointment: Appointment, slot: Slot, at: datetime) -> None:
    """Write a new booking on a slot with the first line of its history, or a held slot.

    Raises Refused `slot_taken`, `customer_busy`, or `on_the_way` when the doctor could not be there in time from another centre.
    """
    _put_on(appointment, slot, at)
    if not (_inserted(appointment, slot) or (_made_room(appointment, at) and _inserted(appointment, slot))):
        raise clash(appointment, at, full=not seats_left(appointment, slot))


@within_action
def take_instead(*, appointment: Appointment, slot: Slot, at: datetime) -> None:
    """Keep a booking on another slot, be it of another doctor or place. Raises Refused as `take`; then nothing has changed."""
    if not given(appointment=appointment, slot=slot, at=at):
        raise clash(appointment, at, full=not seats_left(appointment, slot))


@within_action
def given(*, appointment: Appointment, slot: Slot, at: datetime) -> bool:
    """Keep a booking on another slot, if the database lets it have that."""
    _put_on(appointment, slot, at)
    _made_room(appointment, at)
    return _saved(appointment, seats_left(appointment, slot), PLACE)


@within_action
def given_again(*, appointment: Appointment, fields: Collection[str], at: datetime) -> bool:
    """Write a status with which a booking has the time again that it had given up, in a session any seat of it, if the database lets it."""
    _made_room(appointment, at)
    slot = slot_at(appointment.doctor, appointment.node, appointment.start, at)
    known = slot is not None and slot.hours.session == appointment.session
    seats = seats_left(appointment, slot) if slot is not None and known else [appointment.seat]
    return _saved(appointment, seats, [*fields, "seat"])


def _saved(appointment: Appointment, seats: Iterable[int], fields: Iterable[str]) -> bool:
    """Whether the database lets a booking have one of these seats."""
    for seat in seats:
        appointment.seat = seat
        try:
            with transaction.atomic():
                appointment.save(update_fields=fields)
        except IntegrityError:
            continue
        return True
    return False


@within_action
def let_go(*, holds: QuerySet[Appointment], by: User | None = None, at: datetime) -> int:
    """Remove held slots, each with its line in the trail, for whoever waits; answers how many. Without `by` their time has run out."""
    rows = list(holds.select_for_update(no_key=True).order_by("pk"))
    for row in rows:
        pk = row.pk
        row.delete()
        record("appointments.hold.ended", by=by, at=at, subject=Subject(KIND, pk), customer_id=row.customer_id, node_id=row.node_id,
               changes={"start": (row.start, None)})  # fmt: skip
    if rows:
        freed(doctors={row.doctor_id for row in rows})
    return len(rows)


def _put_on(appointment: Appointment, slot: Slot, at: datetime) -> None:
    """Let a booking be at a slot, its seat still open."""
    hours, travel = slot.hours, timedelta(minutes=TRAVEL_MINUTES.on(at, node_id=appointment.node_id))
    appointment.during = TimestamptzRange(slot.start, slot.end)
    appointment.reach = TimestamptzRange(slot.blocked_from, slot.blocked_to + travel)
    buffered = hours.buffer_before or hours.buffer_after
    appointment.blocked = TimestamptzRange(slot.blocked_from, slot.blocked_to) if buffered else None
    appointment.room_id, appointment.equipment_id = hours.room_id, hours.equipment_id
    appointment.session, appointment.seat = hours.session, 0


def _made_room(wanted: Appointment, at: datetime) -> bool:
    """Remove held slots that are in the way and need not be kept: those run out, and those of the customer; whether there were any."""
    needed = Q(doctor=wanted.doctor_id) | Q(room__isnull=False, room=wanted.room_id)
    needed |= Q(equipment__isnull=False, equipment=wanted.equipment_id)
    there = needed & Q(span__overlap=wanted.blocked or wanted.during)
    there |= Q(doctor=wanted.doctor_id, reach__overlap=wanted.reach)
    own = Q(customer__isnull=False, customer=wanted.customer_id, during__overlap=wanted.during)
    held = Appointment.with_holds.alias(span=HELD).filter(status=AppointmentStatus.HELD).exclude(pk=wanted.pk)
    return bool(let_go(holds=held.filter(own | Q(expires_at__lte=at) & there), at=at))


def _inserted(new: Appointment, slot: Slot) -> bool:
    for seat in seats_left(new, slot):
        new.seat = seat
        if (made := _insert(new)) is not None:
            new.pk, new._state.adding = made, False
            return True
    return False


def _insert(new: Appointment) -> int | None:
    values = {
        "customer": new.customer_id, "doctor": new.doctor_id, "node": new.node_id, "room": new.room_id, "equipment": new.equipment_id,
        "type": new.type_id, "during": new.during, "blocked": new.blocked, "reach": new.reach, "session": new.session, "seat": new.seat,
        "start": new.start, "status": str(new.status), "channel": str(new.channel), "note": new.note, "by": new.booked_by_id,
        "at": new.booked_at, "key": new.request_key, "expires_at": new.expires_at, "holder": new.holder,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TAKE if new.status == AppointmentStatus.HELD else _BOOK, values)
        made: tuple[int] | None = cursor.fetchone()
    return made[0] if made else None
