"""Free times meet those who wait: whoever came first is offered the first that suits (APT-004, APT-013)."""

from __future__ import annotations

from datetime import datetime

from kefu.appointments.actions.places import offer_place
from kefu.appointments.queries.waitlist import matches
from kefu.kernel.errors import Refused
from kefu.organisation.models import Node, User

GONE = frozenset({"slot_taken", "no_slot", "on_the_way", "doctor_not_certified"})
"""Refusals that speak of the time; any other is about the customer, and the time is still there for the next."""


def offer_what_is_free(*, node: Node, by: User, at: datetime) -> int:
    """Offer the free times of a centre along the queue, each offer in a transaction of its own; answers how many were made."""
    gone, made = set[tuple[int, datetime]](), 0
    for match in matches(node, at):
        for slot in match.slots:
            key = slot.doctor_id, slot.start
            if key in gone:
                continue
            try:
                place = offer_place(entry=match.entry, doctor=match.doctors[slot.doctor_id], slot=slot, by=by, at=at)
            except Refused as refusal:
                gone |= {key} if refusal.code in GONE else set()
                continue
            if place is not None and slot.left == 1:
                gone.add(key)
            made += place is not None
            break
    return made
