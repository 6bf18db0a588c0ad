"""What follows a cancellation: the reason is kept by its code, doctor and centre hear of it at once (APT-008)."""

from __future__ import annotations

from datetime import datetime, timedelta

from kefu.appointments.limits import NOTICE_HOURS
from kefu.appointments.models import Appointment, Cancellation
from kefu.appointments.sentences import GONE_FOR_CENTRE, GONE_FOR_DOCTOR, LATE_FOR_CENTRE, LATE_FOR_DOCTOR, moment
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Sentence
from kefu.organisation.models import User


@within_action
def note_cancellation(*, appointment: Appointment, code: str, by: User, at: datetime) -> Cancellation:
    """Keep why, and whether it came with less notice than the standard asks for; ring the doctor and the centre's health managers."""
    notice = timedelta(hours=NOTICE_HOURS.on(at, node_id=appointment.node_id))
    row = Cancellation.objects.create(
        appointment=appointment, code=code, late=appointment.start - at < notice, by=by, at=at
    )
    doctor = {appointment.doctor} - {by}
    _tell(appointment, doctor, LATE_FOR_DOCTOR if row.late else GONE_FOR_DOCTOR, "doctor_booking_cancelled", at)
    centre = {*colleagues_with("health_manager", appointment.node_id)} - {by, appointment.doctor}
    _tell(appointment, centre, LATE_FOR_CENTRE if row.late else GONE_FOR_CENTRE, "centre_booking_cancelled", at)
    return row


def _tell(appointment: Appointment, users: set[User], words: Sentence, code: str, at: datetime) -> None:
    text = words(
        name=appointment.customer.name,
        when=moment(appointment.start),
        type=appointment.type,
        doctor=appointment.doctor.name,
    )
    link = f"/appointments/{appointment.pk}/"
    tell(users=users, code=code, text=text, link=link, customer_id=appointment.customer_id, at=at)
