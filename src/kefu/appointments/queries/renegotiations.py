"""Bookings that a change of the timetable breaks, what can be offered for each, and those still to be renegotiated (APT-019)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from kefu.appointments.choices import AppointmentStatus, Cause, Settlement
from kefu.appointments.limits import ALTERNATIVES, SEARCH_DAYS
from kefu.appointments.models import Appointment, ClinicSchedule, Renegotiation
from kefu.appointments.queries.slots import days_between, taken
from kefu.appointments.queries.timetables import timetable
from kefu.appointments.rules import ONE_DAY, Slot, free, nearest
from kefu.appointments.timetable import Timetable
from kefu.customers.choices import ContactKind
from kefu.customers.models import ContactPoint, Customer
from kefu.customers.queries.reading import mask
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, User

Amend = Callable[[Timetable], Timetable]


@dataclass(frozen=True)
class Amendment:
    """What is to change in the timetable: of which doctors, from which to which day, and how. `node`: only what is booked there."""

    cause: Cause
    reason: str
    doctors: tuple[int, ...]
    first: date
    last: date | None
    amend: Amend
    node: Node | None = None


@dataclass(frozen=True)
class Ways:
    """What can be offered for a booking that is hit."""

    booking: Appointment
    phone: str
    slots: tuple[Slot, ...]
    doctors: tuple[User, ...]


def broken_by(amendment: Amendment, at: datetime) -> list[Appointment]:
    """The bookings to come whose doctor would no longer receive for them then, in order of time; what was out of hours before is left aside."""
    first = max(amendment.first, timezone.localdate(at))
    rows = _ahead(at).filter(doctor__in=amendment.doctors, during__startswith__gte=_midnight(first))
    if amendment.last is not None:
        rows = rows.filter(during__startswith__lt=_midnight(amendment.last + ONE_DAY))
    if amendment.node is not None:
        rows = rows.filter(node=amendment.node)
    bookings = list(rows)
    if not bookings:
        return []
    before = _known(bookings, bookings[0], bookings[-1])
    after = amendment.amend(before)
    return [one for one in bookings if _covered(before, one) and not _covered(after, one)]


def ways(bookings: Sequence[Appointment], at: datetime, amend: Amend | None = None) -> list[Ways]:
    """For each booking the nearest free slots of its doctor and the doctors there who are free then; the same few queries for all.

    No slot is the first choice of two.
    """
    if not bookings:
        return []
    nodes = list(Node.objects.filter(pk__in={one.node_id for one in bookings}))
    doctors = {user.pk: user for user in _colleagues(nodes)} | {one.doctor_id: one.doctor for one in bookings}
    first = timezone.localdate(min(one.start for one in bookings))
    last = timezone.localdate(max(one.start for one in bookings)) + SEARCH_DAYS.on(at) * ONE_DAY
    known = timetable(list(doctors), nodes, first, last)
    amended = amend(known) if amend else known
    slots = list(amended.slots(days_between(first, last)))
    open_ones = free(slots, taken(slots, first, last, at), at) if slots else []
    phones, found, promised = _phones(bookings), [], set[Slot]()
    for one in bookings:
        fitting = [slot for slot in open_ones if slot.node_id == one.node_id and slot.hours.serves(one.type_id)]
        own = [slot for slot in fitting if slot.doctor_id == one.doctor_id and slot not in promised]
        near = nearest(own, one.start, ALTERNATIVES.on(at))
        promised |= {slot for slot in near[:1] if slot.left == 1}
        then = {slot.doctor_id for slot in fitting if slot.start == one.start and slot.end >= one.end} - {one.doctor_id}
        found.append(Ways(one, phones.get(one.customer_id, ""), tuple(near), tuple(doctors[pk] for pk in sorted(then))))
    return found


def to_renegotiate(user: User, at: datetime) -> QuerySet[Renegotiation]:
    """What is still to be settled of the bookings the user may see, the next first."""
    rows = Renegotiation.objects.visible_to(user).filter(outcome=Settlement.OPEN)
    return rows.select_related(
        "appointment__customer", "appointment__doctor", "appointment__node", "appointment__type"
    ).order_by("start", "pk")


def covered_again(doctors: Sequence[int], at: datetime) -> list[Renegotiation]:
    """Open renegotiations of these doctors whose booking is within the hours again."""
    rows = Renegotiation.objects.filter(outcome=Settlement.OPEN, appointment__doctor__in=doctors).select_related(
        "appointment"
    )
    found = sorted(rows, key=lambda row: row.appointment.start)
    if not found:
        return []
    known = _known([row.appointment for row in found], found[0].appointment, found[-1].appointment)
    return [row for row in found if _covered(known, row.appointment)]


def doctors_of_place(node: Node) -> list[int]:
    """Everybody with hours or bookings to come at a centre."""
    hours = ClinicSchedule.objects.filter(node=node).values_list("doctor", flat=True)
    booked = Appointment.objects.filter(node=node, status=AppointmentStatus.BOOKED).values_list("doctor", flat=True)
    return sorted({*hours, *booked})


def _ahead(at: datetime) -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(status=AppointmentStatus.BOOKED, during__startswith__gt=at)
    return rows.select_related("customer", "doctor", "node").order_by("during", "pk")


def _known(bookings: Sequence[Appointment], first: Appointment, last: Appointment) -> Timetable:
    nodes = list(Node.objects.filter(pk__in={one.node_id for one in bookings}))
    days = timezone.localdate(first.start), timezone.localdate(last.start)
    return timetable(sorted({one.doctor_id for one in bookings}), nodes, *days)


def _covered(known: Timetable, one: Appointment) -> bool:
    return known.covers(one.doctor_id, one.node_id, one.type_id, one.start, one.end)


def _colleagues(nodes: Sequence[Node]) -> QuerySet[User]:
    return User.objects.filter(Q(clinic_hours__node__in=nodes), is_active=True).distinct()


def _phones(bookings: Sequence[Appointment]) -> dict[int, str]:
    numbers = ContactPoint.objects.filter(active=True, kind=ContactKind.PHONE).order_by("pk")
    people = Customer.objects.filter(pk__in={one.customer_id for one in bookings})
    people = people.only("pk").prefetch_related(Prefetch("contacts", numbers, to_attr="numbers"))
    return {one.pk: mask(one.numbers[0]) for one in people if one.numbers}  # type: ignore[attr-defined]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), SHANGHAI)
