"""Reads of appointments."""

from kefu.appointments.queries.bookings import doctors_at, hit_by, left_open, on_day
from kefu.appointments.queries.changes import customer_bar, customer_may_cancel, customer_may_move, staff_bar
from kefu.appointments.queries.slots import alternatives, free_between, free_of, free_slots, offered, offers, slot_at

__all__ = [
    "alternatives",
    "customer_bar",
    "customer_may_cancel",
    "customer_may_move",
    "doctors_at",
    "free_between",
    "free_of",
    "free_slots",
    "hit_by",
    "left_open",
    "offered",
    "offers",
    "on_day",
    "slot_at",
    "staff_bar",
]
