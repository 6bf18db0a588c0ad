"""Registering, booking, interviewing, handing over to another centre."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from kefu.appointments.actions.bookings import book as book_slot
from kefu.appointments.actions.bookings import set_status
from kefu.appointments.choices import AppointmentStatus, AppointmentType, Channel
from kefu.appointments.models import Appointment
from kefu.appointments.queries import free_slots
from kefu.config.demo.play import StoryError
from kefu.config.demo.walk import Walk, verb
from kefu.consultations.actions import conduct
from kefu.customers.actions import Family, assign_owner, check_identity, create_lead, open_archive, update_archive
from kefu.customers.models import Source
from kefu.organisation.models import Node, User

SEARCHED_DAYS = 10


@verb
def lead(walk: Walk, at: datetime, *, by: str = "", note: str = "") -> None:
    """A colleague registers the person by name and telephone."""
    row = walk.row
    made = create_lead(
        name=row["name"], phone=row["phone"], node=walk.node, source=Source.objects.get(code=row["source"]), note=note,
        sex=row["sex"], by=walk.people[by or row["health_manager"]], at=at,
    )  # fmt: skip
    walk.customer_id = made.customer.pk


@verb
def archive(walk: Walk, at: datetime, *, family: dict[str, Any] | None = None) -> None:
    """The health manager opens the archive."""
    row = walk.row
    link = None
    if family:
        relative = walk.others[family["of"]].customer
        link = Family(
            relative, family["relation"], guardian=family.get("guardian", False), proxy=family.get("proxy", False)
        )
    open_archive(
        customer=walk.customer, doctor=walk.people[row["doctor"]], health_manager=walk.people[row["health_manager"]],
        node=walk.node, sex=row["sex"], birth_date=date.fromisoformat(row["birth_date"]), remarks=row.get("remarks", ""),
        remarks_none="remarks" not in row, family=link, by=walk.people[row["health_manager"]], at=at,
    )  # fmt: skip


@verb
def details(walk: Walk, at: datetime, *, by: str = "manager", **changes: object) -> None:
    """The health manager completes the archive."""
    customer = walk.customer
    update_archive(customer=customer, changes=changes, version=customer.version, by=walk.person(by), at=at)


@verb
def identity(walk: Walk, at: datetime, *, method: str, note: str = "", by: str = "service") -> None:
    """Somebody makes sure who is speaking."""
    check_identity(customer=walk.customer, method=method, result="passed", note=note, by=walk.person(by), at=at)


@verb
def book(
    walk: Walk, at: datetime, *, day: str, time: str, type: str = "first_visit", channel: str = "phone", by: str = "manager",
    note: str = "",
) -> None:  # fmt: skip
    """A free slot of the customer's doctor, as near to the wanted time as there is one."""
    book_near(
        walk, at, walk.days().moment(day, time), type=AppointmentType(type), channel=Channel(channel), by=by, note=note
    )


def book_near(
    walk: Walk, at: datetime, wanted: datetime, *, type: str, channel: Channel, by: str = "manager", note: str = ""
) -> Appointment:  # fmt: skip
    """The same by the moment that is wanted. Raises StoryError when the doctor is booked up for days."""
    customer, doctor = walk.customer, walk.person("doctor")
    start = slot_near(doctor, customer.node, wanted, at)
    return book_slot(
        customer=customer, doctor=doctor, node=customer.node, type=type, start=start, channel=channel, note=note,
        by=walk.person(by), at=at,
    )  # fmt: skip


def slot_near(doctor: User, node: Node, wanted: datetime, at: datetime) -> datetime:
    """When the free slot nearest to a wanted time begins, on its day or a later one."""
    for later in range(SEARCHED_DAYS):
        free = free_slots(doctor, node, timezone.localdate(wanted) + timedelta(days=later), at)
        if free:
            return min(free, key=lambda one: abs(one.start - wanted)).start
    raise StoryError(f"no free slot within {SEARCHED_DAYS} days of {wanted}")


@verb
def arrived(walk: Walk, at: datetime, *, by: str = "manager") -> None:
    """The customer is here."""
    set_status(appointment=walk.appointment, status=AppointmentStatus.ARRIVED, by=walk.person(by), at=at)


@verb
def seen(walk: Walk, at: datetime, *, by: str = "doctor") -> None:
    """The visit is over."""
    set_status(appointment=walk.appointment, status=AppointmentStatus.COMPLETED, by=walk.person(by), at=at)


@verb
def missed(walk: Walk, at: datetime, *, by: str = "manager") -> None:
    """The customer did not come."""
    set_status(appointment=walk.appointment, status=AppointmentStatus.NO_SHOW, by=walk.person(by), at=at)


@verb
def interview(walk: Walk, at: datetime) -> None:
    """The doctor interviews the customer; the archive number is issued."""
    conduct(customer=walk.customer, answers=walk.row["interview"], by=walk.person("doctor"), at=at)


@verb
def moved(walk: Walk, at: datetime, *, node: str, doctor: str, health_manager: str, by: str, reason: str) -> None:
    """The customer goes over to another centre, with the archive and everything planned."""
    assign_owner(
        customer=walk.customer, doctor=walk.people[doctor], health_manager=walk.people[health_manager],
        node=Node.objects.get(code=node), reason=reason, by=walk.people[by], at=at,
    )  # fmt: skip
