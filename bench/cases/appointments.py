"""Booking a free half-hour, and showing what is free in a month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.types.range import TimestamptzRange

from bench.contests import Case, Contest
from bench.ground import Ground, newly_read, rights_forgotten
from bench.limits import appointment_book
from bench.limits.reading import statement
from bench.world.chain import Team
from kefu.appointments.actions import book
from kefu.appointments.choices import AppointmentType
from kefu.appointments.models import Appointment, AppointmentChange
from kefu.appointments.queries import free_between, free_slots
from kefu.appointments.rules import Slot
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.testing.cast import AT

DAYS = 58
"""So far ahead may be booked."""
MONTH = 30


def prepare(ground: Ground, calls: int) -> Sequence[Contest]:
    """Both book customers of a centre on slots of its two doctors: ours those of the first, the limit those of the second."""
    team = next((team for team in ground.chain.teams[1:] if _enough(team, calls)), None)
    if team is None:
        raise RuntimeError(f"no doctor has {calls} free half-hours left: fill the database anew")
    manager = newly_read(team.managers[0])
    customers = list(Customer.objects.filter(node=team.node, stage="active").order_by("pk"))
    slots, whose = iter(_free(team, 0)[:calls]), cycle(customers[::2])

    def ours() -> Appointment:
        by, start = rights_forgotten(manager), next(slots)
        return book(
            customer=next(whose),
            doctor=team.doctors[0],
            node=team.node,
            type=AppointmentType.REVISIT,
            start=start,
            by=by,
            at=AT,
        )

    rows = _rows(ours(), team, cycle(customers[1::2]), calls)
    return [Contest(ours, lambda: appointment_book.write(ground.plain, *next(rows)))]


def _rows(pattern: Appointment, team: Team, customers: Iterable[Customer], calls: int) -> Iterator[Any]:
    change = AppointmentChange.objects.get(appointment=pattern)
    entry = AuditEntry.objects.filter(subject_kind="appointments.appointment", subject_id=pattern.pk).latest("pk")
    job = ProcrastinateJob.objects.filter(task_name="appointments.tell_customer").latest("pk")
    length, way, ready = pattern.end - pattern.start, pattern.reach.upper - pattern.end, []
    for customer, start in zip(customers, _free(team, 1)[:calls], strict=False):
        pattern.customer, pattern.doctor, pattern.during = (
            customer,
            team.doctors[1],
            TimestamptzRange(start, start + length),
        )
        pattern.reach = TimestamptzRange(start, start + length + way)
        change.after, entry.customer_id = start, customer.pk
        ready.append(appointment_book.ready(pattern, change, entry, job))
    return iter(ready)


def _enough(team: Team, calls: int) -> bool:
    return all(len(_free(team, place)) > calls + 1 for place in (0, 1))


def _free(team: Team, place: int) -> list[datetime]:
    days = [AT.date() + timedelta(days=2 + day) for day in range(DAYS)]
    return [slot.start for day in days for slot in free_slots(team.doctors[place], team.node, day, AT)]


BOOK = Case("appointment.book", "ms per booking", 150, prepare)


def look(ground: Ground, calls: int) -> Sequence[Contest]:
    """Both read what is free of each doctor in turn in the month that begins tomorrow."""
    wanted = [(team, doctor) for team in ground.chain.teams[1:] for doctor in team.doctors]
    ours_of, limit_of = cycle(wanted), cycle(wanted)
    first = AT.date() + timedelta(days=1)
    last = first + timedelta(days=MONTH - 1)
    by_hand = statement("appointment_free_slots")

    def ours() -> list[Slot]:
        team, doctor = next(ours_of)
        return free_between(doctor, team.node, first, last, AT)

    def limit() -> list[Any]:
        team, doctor = next(limit_of)
        values = {"doctor": doctor.pk, "node": team.node.pk, "first": first, "last": last, "at": AT}
        with ground.plain.cursor() as cursor:
            found = cursor.execute(by_hand, values).fetchall()
        ground.plain.commit()
        return found

    return [Contest(ours, limit)]


FREE = Case("appointment.free_slots.month", "ms per doctor and month", 100, look)
