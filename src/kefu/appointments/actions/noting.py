"""What a verb on a booking leaves behind: its history, the trail, the customer's timeline, the doctor's bell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.models import Appointment, AppointmentChange
from kefu.appointments.models.bookings import Where
from kefu.appointments.sentences import GONE_FOR_DOCTOR, NEW_FOR_DOCTOR, moment
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.audit.trail import Subject, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said, Sentence
from kefu.kernel.ids import ident
from kefu.organisation.models import User

KIND = "appointments.appointment"


@within_action
def write_history(*, row: Appointment, before: Where | None = None, reason: str = "", on_us: bool = False,
                  by: User, at: datetime) -> None:  # fmt: skip
    """Add a line to the booking's own history; with what it was before where it moved."""
    change = AppointmentChange(appointment=row, status=row.status, reason=reason, by=by, at=at)
    if before is not None:
        change.before, change.after, change.on_us = before.start, row.start, on_us
        change.doctor_before = before.doctor if before.doctor != row.doctor else None
        change.node_before = before.node if before.node != row.node else None
        change.type_before = before.type.code if before.type != row.type else ""
    change.save()


@within_action
def write_trail(*, row: Appointment, verb: str, changes: Mapping[str, tuple[object, object]], reason: str = "",
                by: User, at: datetime) -> None:  # fmt: skip
    """Add a row to the trail."""
    record(f"appointments.appointment.{verb}", by=by, at=at, subject=Subject(KIND, row.pk), customer_id=row.customer_id, node_id=row.node_id,
           changes={"doctor": (None, ident("usr", row.doctor_id)), **changes}, reason=reason)  # fmt: skip


@within_action
def write_timeline(
    *, row: Appointment, words: Sentence, why: Iterable[str | Said | Sentence] = (), by: User, at: datetime
) -> None:
    """Add a line to the customer's timeline."""
    told = words(
        type=row.type,
        when=moment(row.start),
        doctor=row.doctor.name,
        status=AppointmentStatus(row.status),
    )
    record_fact(customer=row.customer_id, kind=FactKind.APPOINTMENT, item=told, lines=why, subject=Subject(KIND, row.pk), by=by, at=at)  # fmt: skip


@within_action
def tell_doctor(*, row: Appointment, code: str, was: Where | None = None, by: User, at: datetime) -> None:
    """Ring the doctor's bell, unless it was the doctor's own doing; `was`: the former doctor's, of what is gone."""
    where = was or row.where
    if where.doctor.pk == by.pk:
        return
    words = GONE_FOR_DOCTOR if code == "doctor_booking_cancelled" else NEW_FOR_DOCTOR
    text = words(name=row.customer.name, when=moment(where.start), type=where.type)
    tell(
        users=[where.doctor], code=code, text=text, link=f"/appointments/{row.pk}/", customer_id=row.customer_id, at=at
    )
