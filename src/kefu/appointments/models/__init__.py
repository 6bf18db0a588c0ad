"""Clinic schedules, appointments, and requests for them."""

from kefu.appointments.models.bookings import Appointment, AppointmentChange
from kefu.appointments.models.cancellations import Cancellation
from kefu.appointments.models.equipment import Equipment
from kefu.appointments.models.evenings import EveningReminder, PreparedFile
from kefu.appointments.models.feeds import CalendarFeed
from kefu.appointments.models.renegotiations import Renegotiation
from kefu.appointments.models.requests import AppointmentRequest, OfferedTime, RequestStep
from kefu.appointments.models.schedules import ClinicSchedule, ScheduleException
from kefu.appointments.models.telling import Told
from kefu.appointments.models.types import VisitType
from kefu.appointments.models.waitlist import OfferedPlace, WaitlistEntry, WaitlistStep

__all__ = [
    "Appointment",
    "AppointmentChange",
    "AppointmentRequest",
    "CalendarFeed",
    "Cancellation",
    "ClinicSchedule",
    "Equipment",
    "EveningReminder",
    "OfferedPlace",
    "OfferedTime",
    "PreparedFile",
    "Renegotiation",
    "RequestStep",
    "ScheduleException",
    "Told",
    "VisitType",
    "WaitlistEntry",
    "WaitlistStep",
]
