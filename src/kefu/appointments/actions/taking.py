"""Taking a slot. The row itself takes it: the database refuses overlaps, and of two at once one waits for the other."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import OCCUPYING
from kefu.appointments.models import Appointment
from kefu.appointments.queries import offers
from kefu.foundation.audit.trail import within_action
from kefu.kernel.errors import Refused

_BOOK = """
    WITH taken AS (
        INSERT INTO appointments_appointment (
            customer_id, doctor_id, node_id, room_id, type, during, status, channel, note, booked_by_id, booked_at, ended_reason
        ) VALUES (
            %(customer)s, %(doctor)s, %(node)s, %(room)s, %(type)s, %(during)s, %(status)s, %(channel)s, %(note)s, %(by)s, %(at)s, ''
        ) ON CONFLICT DO NOTHING RETURNING id
    )
    INSERT INTO appointments_appointmentchange (appointment_id, status, before, after, reason, by_id, at)
    SELECT id, %(status)s, NULL, %(start)s, '', %(by)s, %(at)s FROM taken RETURNING appointment_id
"""
"""The booking and the first line of its history; no row when the doctor, the customer or the room is taken."""


@within_action
def take(*, appointment: Appointment, at: datetime) -> None:
    """Write a new booking with the first line of its history. Raises Refused `slot_taken` or `customer_busy`."""
    new = appointment
    values = {
        "customer": new.customer_id, "doctor": new.doctor_id, "node": new.node_id, "room": new.room_id, "type": str(new.type),
        "during": new.during, "start": new.start, "status": str(new.status), "channel": str(new.channel), "note": new.note,
        "by": new.booked_by_id, "at": new.booked_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BOOK, values)
        made = cursor.fetchone()
    if made is None:
        raise _clash(appointment, at)
    appointment.pk, appointment._state.adding = made[0], False


@within_action
def take_instead(*, appointment: Appointment, at: datetime) -> None:
    """Keep a booking under another time and room. Raises Refused as `take`; then nothing has changed."""
    try:
        with transaction.atomic():
            appointment.save(update_fields=["during", "room"])
    except IntegrityError:
        raise _clash(appointment, at) from None


@within_action
def given_to_other(*, appointment: Appointment, room_id: int | None) -> bool:
    """Keep a booking's time under another doctor and room, if the database lets them have it."""
    appointment.room_id = room_id
    try:
        with transaction.atomic():
            appointment.save(update_fields=["doctor", "room"])
    except IntegrityError:
        return False
    return True


def _clash(wanted: Appointment, at: datetime) -> Refused:
    """Why not, with other times: the customer's own bookings are named only where the doctor and the room are free."""
    others = Appointment.objects.filter(status__in=OCCUPYING, during__overlap=wanted.during).exclude(pk=wanted.pk)
    place = Q(doctor=wanted.doctor_id) | Q(room__isnull=False, room=wanted.room_id)
    told: dict[str, object] = {"alternatives": offers(wanted.doctor, wanted.node, wanted.start, at)}
    if others.filter(place).exists():
        return Refused("slot_taken", _("这个时间刚被约走，请另选。"), told)
    return Refused("customer_busy", _("客户这个时间已有别的预约。"), told)
