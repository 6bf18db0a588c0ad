"""Requests that wait, and the times that could be given to one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from kefu.appointments.choices import WAITING, AppointmentStatus
from kefu.appointments.limits import ALTERNATIVES, HORIZON, REQUEST_HOURS, SEARCH_DAYS
from kefu.appointments.models import Appointment, AppointmentRequest, OfferedTime
from kefu.appointments.models.bookings import AppointmentQuerySet
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.bookings import doctors_at
from kefu.appointments.queries.slots import days_between, free_of
from kefu.appointments.rules import ONE_DAY
from kefu.customers.models import Customer
from kefu.customers.phones import holders, owner_of
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.worktime import WorkAmount, WorkUnit, due
from kefu.organisation.models import Node, User
from kefu.people.models import Doctor

SHOWN = 50
ALERTED = ("service_agent", "health_manager")
"""Who hears of a new request (APT-012)."""
WARNED = ("service_supervisor", "centre_director")
"""Who hears besides when nobody answered in time."""


@dataclass(frozen=True)
class Proposal:
    """A free time of a doctor that could be given to a request."""

    doctor: User
    start: datetime

    @property
    def key(self) -> str:
        """As a form sends it."""
        return f"{self.doctor.pk}@{self.start.isoformat()}"


def requests_waiting(user: User, at: datetime) -> list[AppointmentRequest]:
    """The requests that wait within the user's scope, the earliest due first (APT-012). One query."""
    return list(waiting_for(user)[:SHOWN])


def waiting_for(user: User) -> QuerySet[AppointmentRequest]:
    """The same, all of them; those a customer has to answer come after those that wait for us."""
    rows = AppointmentRequest.objects.visible_to(user, AppointmentPermission.BOOK).filter(state__in=WAITING)
    return rows.select_related("customer", "doctor", "node", "about").order_by("-state", "due_at", "id")


def request_due(node: Node, at: datetime) -> datetime:
    """Until when a request that came in at `at` is to be answered: so many hours of the centre's working time (APT-012)."""
    hours = max(REQUEST_HOURS.on(at, node_id=node.pk), 1)
    return due(calendar_for(node), at, WorkAmount(hours, WorkUnit.WORKING_HOURS))


def offers_of(request: AppointmentRequest, at: datetime) -> list[OfferedTime]:
    """The times of the latest offer that still count."""
    rows = list(request.offers.select_related("doctor").order_by("-at", "start"))
    return [row for row in rows if row.at == rows[0].at and row.until > at]


def wish_key(request_id: int) -> str:
    """As whose holder the time wished for is held."""
    return f"request:{request_id}"


def offer_key(offer_id: int) -> str:
    """As whose holder a time offered is held."""
    return f"offer:{offer_id}"


def keys_of(request: AppointmentRequest) -> list[str]:
    """Under which holders times may be held for a request."""
    return [wish_key(request.pk), *(offer_key(pk) for pk in request.offers.values_list("pk", flat=True))]


def kept_for(keys: Sequence[str]) -> AppointmentQuerySet:
    """The slots held under these holders."""
    return Appointment.with_holds.filter(status=AppointmentStatus.HELD, holder__in=keys)


def proposals(request: AppointmentRequest, at: datetime, beside: Collection[Proposal] = ()) -> list[Proposal]:
    """The free times nearest to what was wished, in order of time: of the doctor wished for, else of those of the centre; not those
    of `beside` (APT-013)."""
    wanted, today = request.wished or at + ONE_DAY, timezone.localdate(at)
    first = max(timezone.localdate(wanted) - 2 * ONE_DAY, today)
    last = min(first + SEARCH_DAYS.on(at) * ONE_DAY, today + HORIZON.on(at, node_id=request.node_id) * ONE_DAY)
    doctors = {doctor.pk: doctor for doctor in doctors_for(request, at)}
    found = free_of(list(doctors), [request.node], days_between(first, last), at, request.type_id, keys_of(request))
    others = [one for one in (Proposal(doctors[slot.doctor_id], slot.start) for slot in found) if one not in beside]
    near = sorted(others, key=lambda one: (abs(one.start - wanted), one.start, one.doctor.pk))[: ALTERNATIVES.on(at)]
    return sorted(near, key=lambda one: (one.start, one.doctor.pk))


def doctors_for(request: AppointmentRequest, at: datetime) -> Iterable[User]:
    """The doctors who could see who asks."""
    if request.about is not None:
        return [request.about.doctor]
    if request.doctor is not None:
        return [request.doctor]
    return practising_at(request.node, at)


def practising_at(node: Node, at: datetime) -> QuerySet[User]:
    """Doctors who hold clinic at a centre and may see customers (ORG-003)."""
    practising = Doctor.objects.practising(timezone.localdate(at)).values("user")
    return doctors_at(node).filter(pk__in=practising).order_by("job_number")


def owner_of_number(number: str) -> Customer | None:
    """The customer to whom a telephone number belongs; nobody whose archive is closed or whose data rests."""
    holder = owner_of(holders(number))
    if holder is None or holder.customer.closed_at or holder.customer.restricted_at or holder.customer.erased_at:
        return None
    return holder.customer


def waiting_of_number(number: str, customer: Customer | None) -> QuerySet[AppointmentRequest]:
    """What somebody asked for and still waits for: by the number, or as the customer."""
    rows = AppointmentRequest.objects.filter(state__in=WAITING)
    return rows.filter(customer=customer) if customer else rows.filter(phone=number, customer__isnull=True)


def colleagues_for(node: Node, roles: Iterable[str]) -> list[User]:
    """Those who hold one of the roles at a centre or above it, each once."""
    found = {user.pk: user for role in roles for user in colleagues_with(role, node.pk)}
    return list(found.values())
