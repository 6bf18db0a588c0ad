"""Clinic schedules and appointments."""

from kefu.appointments.models.bookings import Appointment, AppointmentChange
from kefu.appointments.models.equipment import Equipment
from kefu.appointments.models.schedules import ClinicSchedule, ScheduleException

__all__ = ["Appointment", "AppointmentChange", "ClinicSchedule", "Equipment", "ScheduleException"]
