"""Bookings of a day, and those a change of the schedule would hit."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from psycopg.types.range import TimestamptzRange

from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.limits import MISSED_HOURS
from kefu.appointments.models import Appointment
from kefu.foundation.access.queries import colleagues_with
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, User

DAY = timedelta(days=1)


def doctors_at(node: Node) -> QuerySet[User]:
    """Doctors who hold clinic at a centre."""
    return colleagues_with("doctor", node.pk).filter(clinic_hours__node=node).distinct()


def on_day(day: date, user: User) -> QuerySet[Appointment]:
    """The bookings of a day that the user may see, by time."""
    rows = Appointment.objects.visible_to(user).on_days(day, day)
    return rows.select_related("customer", "doctor", "node", "room").order_by("during")


def hit_by(doctor: User, day: date, opens: time | None = None, closes: time | None = None) -> QuerySet[Appointment]:
    """Bookings that leave on a day would hit, all of it or from or until a time; they must be renegotiated (APT-019)."""
    first = datetime.combine(day, opens or time(), SHANGHAI)
    last = datetime.combine(day, closes, SHANGHAI) if closes else datetime.combine(day + DAY, time(), SHANGHAI)
    rows = Appointment.objects.filter(doctor=doctor, status="booked", during__overlap=TimestamptzRange(first, last))
    return rows.select_related("customer", "node").order_by("during")


def left_open(at: datetime) -> QuerySet[Appointment]:
    """Bookings that ended some hours ago and of which nobody said whether the customer came."""
    over = at - timedelta(hours=MISSED_HOURS.on(at))
    return Appointment.objects.filter(status=AppointmentStatus.BOOKED, during__endswith__lte=over).order_by("pk")
