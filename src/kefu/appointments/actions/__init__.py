"""Verbs on appointments and clinic schedules."""

from kefu.appointments.actions.bookings import book, cancel, cancel_by_customer, miss, reopen, set_status
from kefu.appointments.actions.equipment import add_equipment, retire_equipment
from kefu.appointments.actions.exceptions import add_exception, remove_exception
from kefu.appointments.actions.holds import hold_slot, release_slot, sweep_holds
from kefu.appointments.actions.moves import move
from kefu.appointments.actions.schedules import add_hours, end_hours

__all__ = [
    "add_equipment", "add_exception", "add_hours", "book", "cancel", "cancel_by_customer", "end_hours", "hold_slot", "miss", "move",
    "release_slot", "remove_exception", "reopen", "retire_equipment", "set_status", "sweep_holds",
]  # fmt: skip
