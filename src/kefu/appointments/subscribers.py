"""What becomes of bookings when the customer is gone, of the waitlist when a time is free, and that the customer hears of each step."""

from kefu.appointments.actions.bookings import cancel_all
from kefu.appointments.actions.deciding import settled_elsewhere
from kefu.appointments.actions.freeing import freed
from kefu.appointments.actions.places_telling import call_instead
from kefu.appointments.actions.sweeping import withdraw_about, withdraw_all
from kefu.appointments.actions.telling import tell_instead
from kefu.appointments.actions.waitlist import fulfil, withdraw_waiting
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.events import AppointmentBooked, AppointmentEnded, AppointmentMoved
from kefu.appointments.queries.waitlist import doctors_of_booking, place_told_by
from kefu.customers.events import CustomerClosed, CustomerDied, CustomerRestricted
from kefu.foundation.events.bus import subscribe
from kefu.foundation.jobs.defer import defer
from kefu.foundation.outbox.events import MessageStopped
from kefu.messaging.events import SentInstead
from kefu.organisation.queries import SYSTEM, system_user


def on_customer_gone(event: CustomerClosed | CustomerDied | CustomerRestricted) -> None:
    """The slots are free for others, and nobody has to answer what was asked for."""
    cancel_all(customer_id=event.customer_id, reason=event.reason, by=event.by, at=event.at)
    withdraw_all(customer_id=event.customer_id, reason=event.reason, by=event.by, at=event.at)
    withdraw_waiting(customer_id=event.customer_id, reason=event.reason, by=event.by, at=event.at)


def on_message_stopped(event: MessageStopped) -> None:
    """The news of a time that is kept does not arrive: somebody has to call (APT-013)."""
    if (place := place_told_by(event.message_id)) is not None:
        call_instead(place=place, by=system_user(SYSTEM), at=event.at)


def on_booking_changed(event: AppointmentMoved | AppointmentEnded) -> None:
    """What was still to be renegotiated is settled with it."""
    settled_elsewhere(event=event)


def on_sent_instead(event: SentInstead) -> None:
    """What WeChat turned away and went by text message or mail tells of the booking in its place."""
    tell_instead(message_id=event.message_id, instead_of_id=event.instead_of_id)


def on_step(event: AppointmentBooked | AppointmentMoved | AppointmentEnded) -> None:
    """The customer is told of it after the commit (APT-006, APT-007): one row here, so that a booking stays cheap."""
    defer("appointments.tell_customer", appointment_id=event.appointment_id)


def on_ended(event: AppointmentEnded) -> None:
    """Nobody has to answer a wish for another time of it."""
    withdraw_about(event=event)


def on_time_freed(event: AppointmentMoved | AppointmentEnded) -> None:
    """Who waits may be offered it after the commit."""
    if isinstance(event, AppointmentMoved) or event.status == AppointmentStatus.CANCELLED:
        freed(doctors=doctors_of_booking(event.appointment_id))


def on_booked(event: AppointmentBooked | AppointmentMoved) -> None:
    """Who has the time waited for waits no longer."""
    fulfil(event=event)


subscribe(CustomerClosed, on_customer_gone)
subscribe(CustomerDied, on_customer_gone)
subscribe(CustomerRestricted, on_customer_gone)
subscribe(MessageStopped, on_message_stopped)
subscribe(AppointmentMoved, on_booking_changed)
subscribe(AppointmentEnded, on_booking_changed)
subscribe(AppointmentEnded, on_ended)
subscribe(AppointmentMoved, on_time_freed)
subscribe(AppointmentEnded, on_time_freed)
subscribe(AppointmentBooked, on_booked)
subscribe(AppointmentMoved, on_booked)
subscribe(AppointmentBooked, on_step)
subscribe(AppointmentMoved, on_step)
subscribe(AppointmentEnded, on_step)
subscribe(SentInstead, on_sent_instead)
