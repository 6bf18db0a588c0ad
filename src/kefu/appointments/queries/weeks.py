"""A week at a centre as its timetable says, by doctor and day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from kefu.appointments.choices import OCCUPYING, ExceptionKind
from kefu.appointments.models import Appointment, ClinicSchedule, Equipment, ScheduleException
from kefu.appointments.queries.slots import days_between
from kefu.appointments.queries.timetables import timetable
from kefu.appointments.rules import Hours
from kefu.appointments.timetable import Unusual
from kefu.kernel.worktime import is_workday
from kefu.organisation.models import Node, Room, User


@dataclass(frozen=True)
class Piece:
    """Hours as they are shown: where, with what."""

    hours: Hours
    room: str
    equipment: str


@dataclass(frozen=True)
class DoctorDay:
    """A doctor's day: hours, leave, and how many are booked there."""

    day: date
    open: bool
    pieces: tuple[Piece, ...]
    leave: tuple[Unusual, ...]
    booked: int


@dataclass(frozen=True)
class Line:
    """A doctor's week."""

    doctor: User
    days: tuple[DoctorDay, ...]


@dataclass(frozen=True)
class Week:
    """Everybody's week at a centre."""

    days: tuple[tuple[date, bool], ...]
    lines: tuple[Line, ...]


def week_of(node: Node, first: date, user: User) -> Week:
    """The seven days from `first` of all doctors with hours, leave or bookings at the centre; the same few queries however many."""
    days = days_between(first, first + timedelta(days=6))
    booked = Counter[tuple[int, date]]()
    rows = Appointment.objects.visible_to(user).on_days(first, days[-1]).filter(node=node, status__in=OCCUPYING)
    for doctor, during in rows.values_list("doctor", "during"):
        booked[doctor, timezone.localdate(during.lower)] += 1
    wanted = {doctor for doctor, _day in booked}
    wanted |= set(
        ClinicSchedule.objects.filter(node=node, valid_from__lte=days[-1])
        .exclude(valid_to__lte=first)
        .values_list("doctor", flat=True)
    )
    wanted |= set(
        ScheduleException.objects.filter(node=node, kind=ExceptionKind.EXTRA, day__range=(first, days[-1])).values_list(
            "doctor", flat=True
        )
    )
    known = timetable(sorted(wanted), [node], first, days[-1])
    rooms = {room.pk: room.label for room in Room.objects.filter(node=node)}
    things = {thing.pk: thing.label for thing in Equipment.objects.filter(node=node)}
    hours = {day: sorted(known.hours_on(day), key=lambda row: row.opens) for day in days}
    opened = {day: is_workday(known.calendars[node.pk], day) for day in days}

    def on(doctor: int, day: date) -> DoctorDay:
        pieces = (
            Piece(row, rooms.get(row.room_id or 0, ""), things.get(row.equipment_id or 0, ""))
            for row in hours[day]
            if row.doctor_id == doctor
        )
        leave = (
            one
            for one in known.unusual
            if one.kind == ExceptionKind.LEAVE and (one.doctor_id, one.day) == (doctor, day)
        )
        return DoctorDay(day, opened[day], tuple(pieces), tuple(leave), booked[doctor, day])

    people = User.objects.filter(pk__in=wanted).order_by("job_number")
    lines = tuple(Line(one, tuple(on(one.pk, day) for day in days)) for one in people)
    return Week(tuple(opened.items()), lines)
