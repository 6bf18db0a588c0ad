"""Clinic days of many doctors at once: the same few queries however many doctors, centres and days (APT-002)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from psycopg.types.range import TimestamptzRange

from kefu.appointments.calendar import Span
from kefu.appointments.choices import AppointmentStatus, ExceptionKind
from kefu.appointments.models import Appointment, ClinicSchedule, ScheduleException
from kefu.appointments.queries.slots import taken
from kefu.appointments.queries.timetables import timetable
from kefu.appointments.rules import Hours, Slot, free
from kefu.kernel.periods import Period
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, Room, User

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Taken:
    """A period in which a doctor is booked, at this centre or another."""

    pk: int
    node_id: int
    span: Span
    held: bool


@dataclass(frozen=True)
class ClinicDay:
    """A doctor's day at a centre: hours held, what keeps the doctor away, what is booked anywhere, and the slots still free."""

    doctor: User
    node: Node
    day: date
    hours: tuple[Hours, ...]
    away: tuple[Span, ...]
    taken: tuple[Taken, ...]
    slots: tuple[Slot, ...]
    free: tuple[Slot, ...]
    rooms: dict[int, Room]


def day_span(first: date, last: date) -> TimestamptzRange:
    """From the beginning of one day to the end of another, as the database has it."""
    return TimestamptzRange(_midnight(first), _midnight(last + DAY))


def clinicians(nodes: Iterable[Node], first: date, last: date, only: Collection[int] | None = None) -> dict[int, User]:
    """Who holds clinic at some of these centres at some time of a period, by id, the lowest job number first."""
    valid = Q(valid_from__lte=last) & (Q(valid_to__isnull=True) | Q(valid_to__gt=first))
    weekly = ClinicSchedule.objects.filter(valid, node__in=nodes).values("doctor")
    extra = ScheduleException.objects.filter(node__in=nodes, day__range=(first, last), kind=ExceptionKind.EXTRA)
    people = User.objects.filter(Q(pk__in=weekly) | Q(pk__in=extra.values("doctor"))).order_by("job_number")
    return {one.pk: one for one in (people if only is None else people.filter(pk__in=only))}


def clinic_days(
    nodes: Sequence[Node], days: Sequence[date], at: datetime, *, doctors: Collection[int] | None = None
) -> list[ClinicDay]:
    """Who holds clinic at these centres on these days, by centre, day and job number; `doctors` narrows it to some."""
    people = clinicians(nodes, days[0], days[-1], doctors)
    table = timetable(list(people), nodes, days[0], days[-1])
    slots = list(table.slots(days))
    left = free(slots, taken(slots, days[0], days[-1], at), at) if slots else []
    held = {day: table.hours_on(day) for day in days}
    away = {day: table.absences_on(day) for day in days}
    rooms = Room.objects.in_bulk({one.room_id for hours in held.values() for one in hours if one.room_id})
    booked, of, open_slots = _booked(people, days, at), _by_place(slots), _by_place(left)
    found = []
    for node in nodes:
        for day in days:
            for person in people.values():
                hours = tuple(one for one in held[day] if (one.doctor_id, one.node_id) == (person.pk, node.pk))
                if not hours:
                    continue
                spans = tuple(Period(one.start, one.end) for one in away[day] if one.doctor_id == person.pk)
                place = (person.pk, node.pk, day)
                found.append(
                    ClinicDay(
                        person, node, day, hours, spans, tuple(booked[person.pk, day]), tuple(of[place]), tuple(open_slots[place]), rooms,
                    )
                )  # fmt: skip
    return found


def _by_place(slots: Iterable[Slot]) -> dict[tuple[int, int, date], list[Slot]]:
    found: dict[tuple[int, int, date], list[Slot]] = defaultdict(list)
    for slot in slots:
        found[slot.doctor_id, slot.node_id, slot.start.date()].append(slot)
    return found


def _booked(doctors: Iterable[int], days: Sequence[date], at: datetime) -> dict[tuple[int, date], list[Taken]]:
    found: dict[tuple[int, date], list[Taken]] = defaultdict(list)
    standing = Appointment.with_holds.standing(at).occupying(day_span(days[0], days[-1]))
    rows = standing.filter(doctor__in=list(doctors)).values_list("pk", "doctor_id", "node_id", "during", "status")
    for pk, doctor, node, during, status in rows:
        day = during.lower.astimezone(SHANGHAI).date()
        found[doctor, day].append(Taken(pk, node, Period(during.lower, during.upper), status == AppointmentStatus.HELD))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
