"""The bookings of customers who move to another place (ORG-013)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kefu.appointments.choices import ON_WAITLIST, WAITING, AppointmentStatus
from kefu.appointments.models import Appointment, AppointmentRequest, WaitlistEntry
from kefu.appointments.sentences import (
    OPEN_BOOKINGS,
    OPEN_BOOKINGS_NOTE,
    OPEN_REQUESTS,
    OPEN_REQUESTS_NOTE,
    OPEN_WAITLIST,
    OPEN_WAITLIST_NOTE,
)
from kefu.customers.moving import Fate, Ids, OpenWork, keep_place, register_open_work


def _open(ids: Ids, at: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(customer_id__in=ids, status=AppointmentStatus.BOOKED)


def _asked(ids: Ids, at: datetime) -> QuerySet[AppointmentRequest]:
    return AppointmentRequest.objects.filter(customer_id__in=ids, state__in=WAITING)


def _waiting(ids: Ids, at: datetime) -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.filter(customer_id__in=ids, state__in=ON_WAITLIST)


register_open_work(OpenWork("appointments", 10, OPEN_BOOKINGS, Fate.STAYS, OPEN_BOOKINGS_NOTE, _open))
keep_place("appointments.Appointment", "node", "where its doctor sees the customer; another place is another booking")
register_open_work(OpenWork("appointment_requests", 12, OPEN_REQUESTS, Fate.STAYS, OPEN_REQUESTS_NOTE, _asked))
keep_place("appointments.AppointmentRequest", "node", "where the customer wished to come")
register_open_work(OpenWork("appointment_waitlist", 13, OPEN_WAITLIST, Fate.STAYS, OPEN_WAITLIST_NOTE, _waiting))
keep_place("appointments.WaitlistEntry", "node", "where the customer waits for a time")
