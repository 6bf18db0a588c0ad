"""Open timetables of a centre look again when a booking of it changes."""

from django.db import connection

from kefu.appointments.events import AppointmentBooked, AppointmentEnded, AppointmentMoved
from kefu.foundation.events.bus import subscribe
from kefu.foundation.realtime.publishing import notifying

_TOLD = notifying("'node:' || node_id", "appointments", "json_build_object('id', id)")
_CHANGED = f"SELECT {_TOLD} FROM appointments_appointment WHERE id = %s"  # noqa: S608, our own words


def on_change(event: AppointmentBooked | AppointmentMoved | AppointmentEnded) -> None:
    """In one statement, since every booking waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [event.appointment_id])


subscribe(AppointmentBooked, on_change)
subscribe(AppointmentMoved, on_change)
subscribe(AppointmentEnded, on_change)
