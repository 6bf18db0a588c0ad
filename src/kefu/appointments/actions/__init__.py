"""Verbs on appointments, requests for them, and clinic schedules."""

from kefu.appointments.actions.bookings import book, cancel, cancel_by_customer, miss, reopen, set_status
from kefu.appointments.actions.deciding import Decision, renegotiate
from kefu.appointments.actions.equipment import add_equipment, retire_equipment
from kefu.appointments.actions.exceptions import add_extra, close_place, remove_exception, reopen_place, take_leave
from kefu.appointments.actions.holds import hold_slot, release_slot, sweep_holds
from kefu.appointments.actions.moves import move
from kefu.appointments.actions.places import decline_place, lapse_place, offer_place, take_place
from kefu.appointments.actions.requests import accept, ask, choose, decline, offer, reveal_phone, withdraw
from kefu.appointments.actions.schedules import add_hours, change_hours, end_hours
from kefu.appointments.actions.types import add_type, change_type, retire_type, return_type
from kefu.appointments.actions.waitlist import expire_entry, join_waitlist, leave_waitlist

__all__ = [
    "Decision",
    "accept",
    "add_equipment",
    "add_extra",
    "add_hours",
    "add_type",
    "ask",
    "book",
    "cancel",
    "cancel_by_customer",
    "change_hours",
    "change_type",
    "choose",
    "close_place",
    "decline",
    "decline_place",
    "end_hours",
    "expire_entry",
    "hold_slot",
    "join_waitlist",
    "lapse_place",
    "leave_waitlist",
    "miss",
    "move",
    "offer",
    "offer_place",
    "release_slot",
    "remove_exception",
    "renegotiate",
    "reopen",
    "reopen_place",
    "retire_equipment",
    "retire_type",
    "return_type",
    "reveal_phone",
    "set_status",
    "sweep_holds",
    "take_leave",
    "take_place",
    "withdraw",
]
