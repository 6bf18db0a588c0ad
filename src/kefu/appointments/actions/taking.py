"""Taking a slot. The row itself takes it: the database refuses overlaps, and of two at once one waits for the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import TimestamptzRange

from kefu.appointments.choices import OCCUPYING
from kefu.appointments.models import Appointment
from kefu.appointments.queries import offers
from kefu.appointments.rules import Slot
from kefu.foundation.audit.trail import within_action
from kefu.kernel.errors import Refused

_BOOK = """
    WITH taken AS (
        INSERT INTO appointments_appointment (
            customer_id, doctor_id, node_id, room_id, equipment_id, type, during, blocked, session, seat, status, channel, note,
            booked_by_id, booked_at, ended_reason
        ) VALUES (
            %(customer)s, %(doctor)s, %(node)s, %(room)s, %(equipment)s, %(type)s, %(during)s, %(blocked)s, %(session)s, %(seat)s, %(status)s,
            %(channel)s, %(note)s, %(by)s, %(at)s, ''
        ) ON CONFLICT DO NOTHING RETURNING id
    )
    INSERT INTO appointments_appointmentchange (appointment_id, status, before, after, reason, by_id, at)
    SELECT id, %(status)s, NULL, %(start)s, '', %(by)s, %(at)s FROM taken RETURNING appointment_id
"""
"""The booking and the first line of its history; no row when the doctor, the customer or the room is taken."""


PLACE = ("during", "blocked", "room", "equipment", "session", "seat")
"""What a slot says of a booking."""


def _put_on(appointment: Appointment, slot: Slot) -> None:
    """Let a booking be at a slot, its seat still open."""
    hours = slot.hours
    appointment.during = TimestamptzRange(slot.start, slot.end)
    buffered = hours.buffer_before or hours.buffer_after
    appointment.blocked = TimestamptzRange(slot.blocked_from, slot.blocked_to) if buffered else None
    appointment.room_id, appointment.equipment_id = hours.room_id, hours.equipment_id
    appointment.session, appointment.seat = hours.session, 0


@within_action
def take(*, appointment: Appointment, slot: Slot, at: datetime) -> None:
    """Write a new booking on a slot with the first line of its history. Raises Refused `slot_taken` or `customer_busy`."""
    _put_on(appointment, slot)
    for seat in _seats(appointment, slot):
        appointment.seat = seat
        if (made := _insert(appointment)) is not None:
            appointment.pk, appointment._state.adding = made, False
            return
    raise _clash(appointment, slot, at)


@within_action
def take_instead(*, appointment: Appointment, slot: Slot, at: datetime) -> None:
    """Keep a booking on another slot. Raises Refused as `take`; then nothing has changed."""
    if not _keep(appointment, slot, PLACE):
        raise _clash(appointment, slot, at)


@within_action
def given_to_other(*, appointment: Appointment, slot: Slot) -> bool:
    """Keep a booking on the slot of another doctor, if the database lets them have it."""
    return _keep(appointment, slot, ("doctor", *PLACE))


def _keep(appointment: Appointment, slot: Slot, fields: tuple[str, ...]) -> bool:
    _put_on(appointment, slot)
    for seat in _seats(appointment, slot):
        appointment.seat = seat
        try:
            with transaction.atomic():
                appointment.save(update_fields=fields)
        except IntegrityError:
            continue
        return True
    return False


def _seats(appointment: Appointment, slot: Slot) -> Sequence[int]:
    """The seats to try: 0 where one comes alone, the free ones of a session in order."""
    if slot.hours.session is None:
        return (0,)
    same = Appointment.objects.filter(session=slot.hours.session, during=appointment.during, status__in=OCCUPYING)
    gone = set(same.exclude(pk=appointment.pk).values_list("seat", flat=True))
    return [seat for seat in range(1, slot.hours.capacity + 1) if seat not in gone]


def _insert(new: Appointment) -> int | None:
    values = {
        "customer": new.customer_id, "doctor": new.doctor_id, "node": new.node_id, "room": new.room_id, "equipment": new.equipment_id,
        "type": str(new.type), "during": new.during, "blocked": new.blocked, "session": new.session, "seat": new.seat, "start": new.start,
        "status": str(new.status), "channel": str(new.channel), "note": new.note, "by": new.booked_by_id, "at": new.booked_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BOOK, values)
        made = cursor.fetchone()
    return made[0] if made else None


def _clash(wanted: Appointment, slot: Slot, at: datetime) -> Refused:
    """Why not, with other times: the customer's own bookings are named only where doctor, room and equipment are free."""
    needed = Q(doctor=wanted.doctor_id) | Q(room__isnull=False, room=wanted.room_id)
    needed |= Q(equipment__isnull=False, equipment=wanted.equipment_id)
    others = Appointment.objects.occupying(wanted.blocked or wanted.during).filter(needed).exclude(pk=wanted.pk)
    told: dict[str, object] = {"alternatives": offers(wanted.doctor, wanted.node, wanted.start, at, wanted.type)}
    full = not _seats(wanted, slot)
    if full or others.exclude(session__isnull=False, session=wanted.session).exists():
        return Refused("slot_taken", _("这个时间刚被约走，请另选。"), told)
    return Refused("customer_busy", _("客户这个时间已有别的预约。"), told)
