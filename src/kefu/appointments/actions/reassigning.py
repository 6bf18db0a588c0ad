"""A booking goes to another doctor at its time, where that doctor is free (ORG-016)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import TimestamptzRange

from kefu.appointments.choices import AppointmentStatus, AppointmentType
from kefu.appointments.events import AppointmentMoved
from kefu.appointments.models import Appointment, AppointmentChange
from kefu.appointments.queries import slot_at
from kefu.appointments.sentences import NEW_FOR_DOCTOR, OTHER_DOCTOR, WITH_BEFORE
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.audit.trail import Subject, record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Refused
from kefu.kernel.ids import ident
from kefu.organisation.models import User
from kefu.people.queries import require_bookable

KIND = "appointments.appointment"


@within_action
def reassign(*, appointment: Appointment, doctor: User, reason: str, by: User, at: datetime) -> Appointment:
    """Keep the time, change the doctor: only where the new one holds clinic then and nobody has taken the slot.

    Raises Refused `not_free` (the booking has to be moved), `doctor_not_certified`, `status`.
    """
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "doctor", "node")
    row = rows.get(pk=appointment.pk)
    if row.status != AppointmentStatus.BOOKED:
        raise Refused("status", _("这个预约现在是“%(status)s”，不能这样办。") % {"status": row.get_status_display()})
    require_bookable(doctor, at)
    slot = slot_at(doctor, row.node, row.start, at)
    before = row.doctor
    row.doctor = doctor
    if slot is None or slot.end < row.end or not _kept(row, slot.room_id):
        raise Refused("not_free", _("%(name)s那个时间不出诊或已有预约，请改约。") % {"name": doctor.name})
    _tell(row, before, reason, by, at)
    return row


def _kept(row: Appointment, room_id: int | None) -> bool:
    """Whether the database lets the doctor and the room have it."""
    row.room_id, row.during = room_id, TimestamptzRange(row.start, row.end)
    try:
        with transaction.atomic():
            row.save(update_fields=["doctor", "room"])
    except IntegrityError:
        return False
    return True


def _tell(row: Appointment, before: User, reason: str, by: User, at: datetime) -> None:
    when, subject = f"{timezone.localtime(row.start):%m-%d %H:%M}", Subject(KIND, row.pk)
    AppointmentChange.objects.create(
        appointment=row,
        status=AppointmentStatus.BOOKED,
        before=row.start,
        after=row.start,
        reason=reason[:200],
        by=by,
        at=at,
    )
    record(
        "appointments.appointment.reassigned", by=by, at=at, subject=subject, customer_id=row.customer_id, node_id=row.node_id,
        changes={"doctor": (ident("usr", before.pk), ident("usr", row.doctor_id))}, reason=reason,
    )  # fmt: skip
    said = OTHER_DOCTOR(type=AppointmentType(row.type), when=when, doctor=row.doctor.name)
    record_fact(
        customer=row.customer_id, kind=FactKind.APPOINTMENT, item=said, lines=[WITH_BEFORE(doctor=before.name), reason], subject=subject,
        by=by, at=at,
    )  # fmt: skip
    tell(
        users=[row.doctor], code="doctor_booking_new", at=at, link=f"/appointments/{row.pk}/", customer_id=row.customer_id,
        text=NEW_FOR_DOCTOR(name=row.customer.name, when=when, type=AppointmentType(row.type)),
    )  # fmt: skip
    announce(AppointmentMoved(row.pk, row.customer_id, reason, by, at))
