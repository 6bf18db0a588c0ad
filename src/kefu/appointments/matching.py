"""Free times meet those who wait: whoever came first is offered the first that suits (APT-004, APT-013)."""

from __future__ import annotations

from datetime import datetime

from kefu.appointments.actions.places import offer_place
from kefu.appointments.hearing import Hearing, hearing_of
from kefu.appointments.queries.waitlist import Match, matches, offer_until
from kefu.kernel.errors import KefuError, Refused
from kefu.organisation.models import Node, User

GONE = frozenset({"slot_taken", "no_slot", "on_the_way", "doctor_not_certified"})
"""Refusals that speak of the time; any other is about the customer, and the time is still there for the next."""
Gone = set[tuple[int, datetime]]


def offer_what_is_free(*, node: Node, by: User, at: datetime) -> int:
    """Offer the free times of a centre along the queue, each offer in a transaction of its own; answers how many were made.

    What is in the way of one who waits, whatever it is, keeps nothing from the next.
    """
    found = matches(node, at)
    if not found:
        return 0
    gone, hearing = Gone(), hearing_of([match.entry.customer for match in found], node, at)
    return sum(_offered(match, hearing, gone, by, at) for match in found)


def _offered(match: Match, hearing: Hearing, gone: Gone, by: User, at: datetime) -> bool:
    entry = match.entry
    for slot in match.slots:
        key = slot.doctor_id, slot.start
        if key in gone or not hearing.in_time(entry.customer_id, offer_until(entry.node, slot.start, at)):
            continue
        try:
            place = offer_place(entry=entry, doctor=match.doctors[slot.doctor_id], slot=slot, by=by, at=at)
        except Refused as refusal:
            gone |= {key} if refusal.code in GONE else set()
        except KefuError:
            return False
        else:
            if place is not None and slot.left == 1:
                gone.add(key)
            return place is not None
    return False
