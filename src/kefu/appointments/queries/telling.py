"""Who is to be reminded, and whom reception has to call because no message reaches them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kefu.appointments.choices import AppointmentStatus, ToldKind
from kefu.appointments.limits import REMINDER_TIME
from kefu.appointments.models import Appointment, Told
from kefu.appointments.telling_rules import may_remind
from kefu.foundation.outbox.choices import State
from kefu.messaging.choices import Purpose
from kefu.messaging.limits import QUIET_FROM
from kefu.messaging.models import ContactAttempt
from kefu.organisation.models import User

DAY = timedelta(days=1)
PROMISED = timedelta(days=7)
"""So long a promised call stays on the workbench."""


def to_remind(at: datetime) -> list[list[int]]:
    """Bookings of tomorrow nobody was reminded of, those of one customer at one place together; none before the hour for it."""
    local = timezone.localtime(at)
    if not may_remind(local, time.fromisoformat(REMINDER_TIME.on(at)), time.fromisoformat(QUIET_FROM.on(at))):
        return []
    together: dict[tuple[int, int], list[int]] = defaultdict(list)
    for pk, customer, node in unreminded(local.date() + DAY).values_list("pk", "customer_id", "node_id"):
        together[customer, node].append(pk)
    return list(together.values())


def unreminded(day: date) -> QuerySet[Appointment]:
    """Bookings that begin on a day and whose customers were not reminded of that day, by time."""
    reminded = Told.objects.filter(appointment=OuterRef("pk"), kind=ToldKind.REMINDER, day=day)
    found = Appointment.objects.on_days(day, day).filter(status=AppointmentStatus.BOOKED)
    return found.exclude(Exists(reminded)).order_by("during", "pk")


def to_call(user: User, at: datetime) -> QuerySet[Told]:
    """What somebody has to say in person: a reminder that reached nobody, and the call promised after a doctor's leave.

    Settled by a contact about appointments, or a newer booking.
    """
    today = timezone.localdate(at)
    unheard = ~Q(message__withheld="") | Q(message__outbox__state=State.DEAD)
    reminders = Q(kind=ToldKind.REMINDER, day__gte=today, appointment__status=AppointmentStatus.BOOKED) & unheard
    promises = Q(kind=ToldKind.DOCTOR_LEAVE, at__gte=at - PROMISED)
    customer = OuterRef("appointment__customer_id")
    talked = ContactAttempt.objects.filter(customer=customer, purpose=Purpose.APPOINTMENT, at__gte=OuterRef("at"))
    newer = Appointment.objects.filter(
        customer=customer, booked_at__gte=OuterRef("at"), status=AppointmentStatus.BOOKED
    )
    rows = Told.objects.filter(reminders | promises, appointment__in=Appointment.objects.visible_to(user))
    rows = rows.exclude(Exists(talked)).exclude(Q(kind=ToldKind.DOCTOR_LEAVE) & Exists(newer))
    return rows.select_related(
        "appointment__customer", "appointment__doctor", "appointment__node", "appointment__type", "message"
    ).order_by("day", "pk")
