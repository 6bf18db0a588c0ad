"""Bookings as iCalendar (RFC 5545), with no more of a customer than a calendar outside the house may know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Max
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.models import Appointment
from kefu.customers.models import Customer
from kefu.kernel.ids import ident
from kefu.messaging.queries import mail_sender
from kefu.messaging.rules import TITLES, titled

PRODUCT = "-//Kefu//Appointments//ZH"
REFRESH = timedelta(minutes=15)


def feed_calendar(title: str, rows: Iterable[Appointment], *, site: str, names: bool) -> bytes:
    """A calendar to subscribe to: item, place, and the customer's surname with title, or the name where the house allows it.

    Its bytes change only when a booking does. Rows come from `queries.feeds.feed_rows`.
    """
    calendar = _calendar()
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for row in rows:
        event = _event(row)
        event.add("summary", f"{row.type.label} · {row.customer.name if names else short_name(row.customer)}")
        event.add("location", _place(row))
        event.add("url", f"{site}/appointments/{row.pk}/")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def one_event(appointment: Appointment) -> bytes:
    """One booking for the customer's own calendar: item, doctor and place, and nothing of the customer. Cancelled, it takes itself out (RFC 5546)."""
    calendar, sender = _calendar(), mail_sender()
    calendar.add("method", "CANCEL" if appointment.status == AppointmentStatus.CANCELLED else "PUBLISH")
    event = _event(appointment)
    if sender:
        event.add("organizer", f"mailto:{sender}", parameters={"CN": appointment.node.label})
    event.add("summary", f"{appointment.type.label} · {appointment.node.label}")
    event.add("description", appointment.doctor.name)
    event.add("location", " ".join(filter(None, [_place(appointment), appointment.node.address])))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def short_name(customer: Customer) -> str:
    """白女士, 欧阳先生; a name that is no Chinese one by its first letter."""
    plain = customer.name.strip()
    short = titled(plain, TITLES.get(customer.sex, _("客户")))
    return f"{plain[:1]}." if short == plain and plain else short


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(row: Appointment) -> Event:
    """What is said of every booking: the same UID for ever, a higher SEQUENCE after each change."""
    changed = _changed_at(row)
    event = Event()
    event.add("uid", f"{ident('apt', row.pk)}@{_house()}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("created", row.booked_at.astimezone(UTC))
    event.add("sequence", row.sequence)
    event.add("dtstart", row.start.astimezone(UTC))
    event.add("dtend", row.end.astimezone(UTC))
    event.add("status", "CANCELLED" if row.status == AppointmentStatus.CANCELLED else "CONFIRMED")
    event.add("class", "PRIVATE")
    return event


def _changed_at(row: Appointment) -> datetime:
    """When anything was last entered about the booking."""
    told = getattr(row, "changed_at", None) or row.changes.aggregate(last=Max("at"))["last"] or row.booked_at
    moment: datetime = told.astimezone(UTC)
    return moment


def _place(row: Appointment) -> str:
    return f"{row.node.label} {row.room.label}" if row.room else row.node.label


def _house() -> str:
    """Tells this installation's bookings from those of another, and says nothing else."""
    return f"{salted_hmac('kefu.appointments.calendar', 'uid').hexdigest()[:12]}.kefu"
