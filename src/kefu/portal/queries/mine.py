"""What a customer has booked and asked for."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from kefu.appointments.choices import WAITING, AppointmentStatus
from kefu.appointments.models import Appointment, AppointmentRequest, WaitlistEntry
from kefu.appointments.models.waitlist import WaitlistQuerySet
from kefu.customers.choices import ConsentScope, ConsentState
from kefu.customers.limits import CONSENT_AGE
from kefu.customers.models import ConsentText, Customer
from kefu.customers.queries.consents import standing_of, text_asked
from kefu.portal.models import Visit

SHOWN = 20
PRIVACY = ConsentScope.HEALTH_DATA


def appointments_of(customer: Customer | None) -> QuerySet[Appointment]:
    """The customer's bookings, nobody else's."""
    rows = Appointment.objects.filter(customer=customer) if customer else Appointment.objects.none()
    return rows.select_related("doctor", "node", "room")


def coming(customer: Customer | None, at: datetime) -> list[Appointment]:
    """Visits still to come, the next one first."""
    rows = appointments_of(customer).filter(status=AppointmentStatus.BOOKED, during__startswith__gt=at)
    return list(rows.order_by("during")[:SHOWN])


def past(customer: Customer | None, at: datetime) -> list[Appointment]:
    """Visits that are over or were cancelled, the latest first."""
    rows = appointments_of(customer).exclude(status=AppointmentStatus.BOOKED, during__startswith__gt=at)
    return list(rows.order_by("-during")[:SHOWN])


def requests_of(visit: Visit, customer: Customer | None) -> QuerySet[AppointmentRequest]:
    """What was asked for as the customer, else by the proven number."""
    rows = AppointmentRequest.objects.select_related(
        "node", "doctor", "about__doctor", "customer", "appointment__doctor"
    )
    return rows.filter(customer=customer) if customer else rows.filter(customer__isnull=True, phone=visit.phone)


def waiting_of(visit: Visit, customer: Customer | None) -> list[AppointmentRequest]:
    """Those of them that wait, the latest first."""
    return list(requests_of(visit, customer).filter(state__in=WAITING).order_by("-pk")[:SHOWN])


def waits_of(customer: Customer | None) -> WaitlistQuerySet:
    """What the customer waits for or waited for, nobody else's."""
    rows = WaitlistEntry.objects.filter(customer=customer if customer else None)
    return rows.select_related("node", "doctor", "customer")


def on_waitlist(customer: Customer | None) -> list[WaitlistEntry]:
    """What the customer waits for now; where a time is kept, that first."""
    return list(waits_of(customer).open().order_by("state", "since")[:SHOWN]) if customer else []


def privacy_notice(customer: Customer | None, at: datetime) -> ConsentText | None:
    """The notice the customer has still to agree to; None for who agreed already, and for a minor, whose guardian signs at the centre."""
    if customer is not None:
        age = customer.age(timezone.localdate(at))
        if age is not None and age < CONSENT_AGE.on(at, node_id=customer.node_id):
            return None
        entry = standing_of(customer, PRIVACY)
        if entry is not None and entry.state == ConsentState.GIVEN:
            return None
    return text_asked(PRIVACY)
