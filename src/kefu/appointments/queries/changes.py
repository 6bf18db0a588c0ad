"""Whether a booking may still be changed, and how often it was."""

from __future__ import annotations

from datetime import datetime

from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.limits import CHANGES, CUSTOMER_CUTOFF_HOURS, STAFF_CUTOFF_HOURS
from kefu.appointments.models import Appointment
from kefu.appointments.rules import Bar, bar


def moves_of(appointment: Appointment) -> int:
    """How often a booking was moved because the customer asked for it."""
    return appointment.changes.filter(before__isnull=False, on_us=False).count()


def staff_bar(appointment: Appointment, at: datetime) -> Bar | None:
    """What stands in the way of staff without the right to make exceptions (APT-007)."""
    node = appointment.node_id
    hours, most = STAFF_CUTOFF_HOURS.on(at, node_id=node), CHANGES.on(at, node_id=node)
    return bar(appointment.start, at, hours=hours, moves=moves_of(appointment), most=most)


def customer_may_cancel(appointment: Appointment, at: datetime) -> bool:
    """Whether the customer may still cancel: a day before, as the centres tell them (APT-006)."""
    hours = CUSTOMER_CUTOFF_HOURS.on(at, node_id=appointment.node_id)
    return appointment.status == AppointmentStatus.BOOKED and bar(appointment.start, at, hours=hours) is None


def customer_may_move(appointment: Appointment, at: datetime) -> bool:
    """Whether the customer may still ask for another time: while he or she may cancel, and not oftener than so many times."""
    return customer_may_cancel(appointment, at) and customer_bar(appointment, at) is None


def customer_bar(appointment: Appointment, at: datetime) -> Bar | None:
    """What stands in the way of the customer's own wish to move: too late, or too often; None: nothing."""
    node = appointment.node_id
    hours, most = CUSTOMER_CUTOFF_HOURS.on(at, node_id=node), CHANGES.on(at, node_id=node)
    return bar(appointment.start, at, hours=hours, moves=moves_of(appointment), most=most)
