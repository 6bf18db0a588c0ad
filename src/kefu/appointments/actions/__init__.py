"""Verbs on appointments and clinic schedules."""

from kefu.appointments.actions.bookings import book, cancel, move, set_status
from kefu.appointments.actions.equipment import add_equipment, retire_equipment
from kefu.appointments.actions.exceptions import add_exception, remove_exception
from kefu.appointments.actions.schedules import add_hours, end_hours

__all__ = [
    "add_equipment", "add_exception", "add_hours", "book", "cancel", "end_hours", "move", "remove_exception", "retire_equipment",
    "set_status",
]  # fmt: skip
