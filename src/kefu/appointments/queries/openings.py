"""Free slots across doctors and centres, the nearest first (APT-002, APT-013)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from kefu.appointments.choices import PartOfDay
from kefu.appointments.limits import HORIZON
from kefu.appointments.queries.clinics import clinicians
from kefu.appointments.queries.slots import free_of
from kefu.appointments.rules import Slot
from kefu.organisation.models import Node, User

SOON = 14
"""So many days are read first, and the rest only where they do not bring enough."""


@dataclass(frozen=True)
class Opening:
    """A free slot with the doctor and the centre it is at."""

    doctor: User
    node: Node
    slot: Slot


@dataclass(frozen=True)
class Wish:
    """Where, with whom and when; whatever is left open takes all."""

    nodes: Sequence[Node]
    first: date
    last: date | None = None
    doctors: Collection[int] | None = None
    part: str = ""
    type: str = ""


def openings(wish: Wish, at: datetime, count: int) -> list[Opening]:
    """The first free slots that fit a wish, by time, never beyond how far ahead may be booked."""
    found: list[Opening] = []
    periods = list(_days(wish, at))
    people = clinicians(wish.nodes, periods[0][0], periods[-1][-1], wish.doctors) if periods else {}
    for days in periods:
        found += sorted(_fitting(wish, people, days, at), key=lambda one: (one.slot.start, one.doctor.job_number))
        if len(found) >= count:
            break
    return found[:count]


def _fitting(wish: Wish, people: dict[int, User], days: list[date], at: datetime) -> Iterator[Opening]:
    nodes = {node.pk: node for node in wish.nodes}
    for slot in free_of(list(people), wish.nodes, days, at, wish.type):
        if not wish.part or PartOfDay.of(slot.start) == wish.part:
            yield Opening(people[slot.doctor_id], nodes[slot.node_id], slot)


def _days(wish: Wish, at: datetime) -> Iterator[list[date]]:
    today = timezone.localdate(at)
    last = today + timedelta(days=HORIZON.on(at))
    first, last = max(wish.first, today), min(wish.last or last, last)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    yield from filter(None, (days[:SOON], days[SOON:]))
