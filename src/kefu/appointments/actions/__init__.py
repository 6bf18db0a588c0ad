"""Verbs on appointments and clinic schedules."""

from kefu.appointments.actions.bookings import book, cancel, move, set_status
from kefu.appointments.actions.schedules import add_exception, add_hours, end_hours, remove_exception

__all__ = ["add_exception", "add_hours", "book", "cancel", "end_hours", "move", "remove_exception", "set_status"]
