"""What can be booked online: items, centres, doctors, days and times (APT-002)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from kefu.appointments.limits import HORIZON
from kefu.appointments.models import ClinicSchedule, VisitType
from kefu.appointments.queries.requests import practising_at
from kefu.appointments.queries.slots import days_between, free_of
from kefu.appointments.rules import ONE_DAY
from kefu.organisation.models import Node, User
from kefu.people.models import Doctor
from kefu.portal.limits import OFFLINE_CENTRES, OFFLINE_DOCTORS, OFFLINE_TYPES
from kefu.portal.rules import listed

PAGE = 14  # days shown at once
PLACES = ("centre", "office", "franchise")


@dataclass(frozen=True)
class Portrait:
    """A doctor as customers meet him or her: the name, what for, and the introduction."""

    user: User
    specialty: str
    introduction: str


@dataclass(frozen=True)
class Day:
    """A day and the times free on it, each once, with a doctor who could take it."""

    day: date
    times: list[tuple[datetime, User]]


def items(at: datetime) -> list[VisitType]:
    """What customers may book online."""
    open_to_all = VisitType.objects.in_use().filter(online=True).select_related("node")
    return list(open_to_all.exclude(code__in=listed(OFFLINE_TYPES.on(at))))


def centres(at: datetime, item: VisitType) -> list[Node]:
    """The places that hold clinic and take bookings online, of an item that belongs to one place that one alone."""
    today = timezone.localdate(at)
    hours = ClinicSchedule.objects.filter(node=OuterRef("pk"), valid_from__lte=today + HORIZON.on(at) * ONE_DAY)
    running = hours.exclude(valid_to__lte=today)
    places = Node.objects.filter(Exists(running), closed_on__isnull=True, kind__in=PLACES)
    places = places.filter(pk=item.node_id) if item.node_id else places
    return list(places.exclude(code__in=listed(OFFLINE_CENTRES.on(at))).order_by("code"))


def doctors(node: Node, at: datetime) -> list[Portrait]:
    """The doctors of a centre who take bookings online."""
    shown = practising_at(node, at).exclude(job_number__in=listed(OFFLINE_DOCTORS.on(at)))
    known = {one.user_id: one for one in Doctor.objects.filter(user__in=shown)}
    return [Portrait(user, known[user.pk].specialty, known[user.pk].introduction) for user in shown]


def days(who: Sequence[User], node: Node, item: str, first: date, at: datetime, keys: Sequence[str] = ()) -> list[Day]:
    """Two weeks of days with their free times, of one doctor or of any of several; no day before today nor beyond what may be booked.

    What is held under `keys` is free to who asks.
    """
    today = timezone.localdate(at)
    last = min(first + (PAGE - 1) * ONE_DAY, today + HORIZON.on(at, node_id=node.pk) * ONE_DAY)
    shown = days_between(max(first, today), last)
    people, found = {doctor.pk: doctor for doctor in who}, {day: dict[datetime, User]() for day in shown}
    for slot in free_of(list(people), [node], shown, at, item, keys):
        found[timezone.localdate(slot.start)].setdefault(slot.start, people[slot.doctor_id])
    return [Day(day, sorted(times.items(), key=lambda pair: pair[0])) for day, times in found.items()]


def is_free(
    who: Sequence[User], node: Node, item: str, start: datetime, at: datetime, keys: Sequence[str] = ()
) -> bool:
    """Whether one of these doctors is free then, or held under one of the keys."""
    found = days(who, node, item, timezone.localdate(start), at, keys)[:1]
    return start in [start for day in found for start, _doctor in day.times]
