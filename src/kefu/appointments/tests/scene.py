"""A clinic to book at: the doctor's Tuesday mornings in Beijing, and afternoons in Shanghai."""

from __future__ import annotations

from datetime import date, datetime, time

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentType
from kefu.appointments.models import Appointment, ClinicSchedule
from kefu.appointments.queries import free_slots
from kefu.customers.actions.leads import create_lead
from kefu.customers.models import Customer
from kefu.organisation.models import Node, User
from kefu.testing.cast import SHANGHAI, Cast

TUESDAY = date(2026, 11, 24)
FIRST = AppointmentType.FIRST_VISIT


def o_clock(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    """A moment of the Tuesday."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def person(cast: Cast, name: str = "白示安", phone: str = "10000000011", node: Node | None = None) -> Customer:
    """Somebody who is only a lead yet."""
    by = cast.manager if node in (None, cast.bj) else cast.sh_manager
    return create_lead(name=name, phone=phone, sex="female", node=node or cast.bj, by=by, at=cast.at).customer


def also_in_shanghai(cast: Cast) -> None:
    """The doctor of Beijing holds clinic in Shanghai the same day, from twelve to three."""
    ClinicSchedule.objects.create(
        doctor=cast.doctor, node=cast.sh, weekday=1, opens=time(12), closes=time(15), slot_minutes=30, valid_from=date(2026, 1, 1)
    )  # fmt: skip


def starts(doctor: User, node: Node, at: datetime, day: date = TUESDAY) -> list[str]:
    """The free slots as words."""
    return [f"{slot.start:%H:%M}" for slot in free_slots(doctor, node, day, at)]


def booked(cast: Cast, customer: Customer, start: datetime, **what: object) -> Appointment:
    """A booking with the doctor in Beijing, unless `what` says otherwise."""
    given = {"doctor": cast.doctor, "node": cast.bj, "type": FIRST, "by": cast.manager, "at": cast.at} | what
    return actions.book(customer=customer, start=start, **given)  # type: ignore[arg-type]
