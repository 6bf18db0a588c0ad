"""A week at a glance: the centre's doctors day by day, and one's own bookings (APT-005)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.addresses import address
from kefu.appointments.limits import SOON_MINUTES
from kefu.appointments.models import Appointment
from kefu.appointments.queries.clinics import DAY
from kefu.appointments.queries.sheets import SHOWN, Line, Read, week_of
from kefu.appointments.wording import status_at
from kefu.foundation.access.queries import access_of
from kefu.organisation.models import User


@dataclass(frozen=True)
class Cell:
    """A doctor's day in the week of the centre."""

    day: date
    held: bool
    away: bool
    ahead: bool
    booked: int
    free: int
    url: str


@dataclass(frozen=True)
class Row:
    """A doctor's week in the week of the centre."""

    doctor: User
    url: str
    cells: list[Cell]


@dataclass(frozen=True)
class Group:
    """One's own bookings of a day, or of the rest of the week."""

    title: object
    lines: list[Line]


def week_cells(shown: Read, days: Sequence[date]) -> list[Row]:
    """Doctors of a centre with how many are booked and how many slots are free on each day."""
    doctors = {one.doctor.pk: one.doctor for one in shown.clinics} | {
        row.doctor_id: row.doctor for row in shown.appointments
    }
    clinics = {(one.doctor.pk, one.day): one for one in shown.clinics}
    rows = []
    for doctor in sorted(doctors.values(), key=lambda one: one.job_number):
        cells = []
        for day in days:
            clinic = clinics.get((doctor.pk, day))
            booked = sum(
                row.doctor_id == doctor.pk and timezone.localdate(row.start) == day for row in shown.appointments
            )
            url = address("day", node=shown.node.pk, day=day)
            free = len(clinic.free) if clinic else 0
            cells.append(
                Cell(
                    day,
                    clinic is not None,
                    bool(clinic and clinic.away),
                    clinic is not None and day >= timezone.localdate(shown.at),
                    booked,
                    free,
                    url,
                )
            )
        rows.append(Row(doctor, address("week", node=shown.node.pk, doctor=doctor.pk, day=days[0]), cells))
    return rows


def own_days(user: User, at: datetime) -> list[Group]:
    """Bookings with oneself as the doctor, or of one's own customers, or of whom one stands in for: today, tomorrow, this week."""
    persons, today = access_of(user).persons, timezone.localdate(at)
    last = max(week_of(today)[-1], today + DAY)
    own = Q(doctor__in=persons) | Q(customer__health_manager__in=persons) | Q(customer__doctor__in=persons)
    if "doctor" in access_of(user).roles:
        own = Q(doctor__in=persons)
    rows = Appointment.objects.visible_to(user).on_days(today, last).filter(own, status__in=SHOWN)
    soon = timedelta(minutes=SOON_MINUTES.on(at, node_id=user.node_id))
    lines = [
        Line(row, status_at(row, at, soon))
        for row in rows.select_related("customer", "doctor", "node", "room").order_by("during")
    ]
    days = [(timezone.localdate(line.row.start) - today).days for line in lines]
    return [
        Group(_("今天"), [line for line, ahead in zip(lines, days, strict=True) if ahead == 0]),
        Group(_("明天"), [line for line, ahead in zip(lines, days, strict=True) if ahead == 1]),
        Group(_("本周其余"), [line for line, ahead in zip(lines, days, strict=True) if ahead > 1]),
    ]
