"""Times kept for a request: the one wished for until the answer is due, those offered until the offer runs out (APT-003, APT-004, APT-013)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from psycopg.types.range import TimestamptzRange

from kefu.appointments.actions.holds import hold_slot
from kefu.appointments.actions.request_telling import take_back
from kefu.appointments.actions.taking import let_go
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.limits import OPEN_REQUESTS, REQUEST_HOLDS
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.queries.requests import doctors_for, kept_for, keys_of, waiting_of_number, wish_key
from kefu.appointments.queries.slots import free_of
from kefu.appointments.rules import Slot
from kefu.appointments.visitors import acts_for_customers
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import within_action
from kefu.kernel.errors import Refused
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import User


@within_action
def keep_wished(*, request: AppointmentRequest, by: User, at: datetime) -> None:
    """Hold the time wished for, if it is free, until the answer is due; a number that has enough held already keeps those."""
    if request.wished is None or not _may_have_more(request, by, at):
        return
    doctors = {doctor.pk: doctor for doctor in doctors_for(request, at)}
    found = free_of(list(doctors), [request.node], [request.wished.astimezone(SHANGHAI).date()], at, request.type_id)
    slot = next((one for one in found if one.start == request.wished), None)
    if slot is None:
        return
    with suppress(Refused):  # somebody was faster; the request is as good without
        keep(request=request, doctor=doctors[slot.doctor_id], slot=slot, key=wish_key(request.pk),
             until=min(request.due_at, slot.start), by=by, at=at)  # fmt: skip


@within_action
def keep(
    *, request: AppointmentRequest, doctor: User, slot: Slot, key: str, until: datetime, by: User, at: datetime
) -> None:
    """Hold a free slot for a request. Raises Refused as `hold_slot`."""
    hold_slot(doctor=doctor, node=request.node, start=slot.start, type=request.type_id, customer=_named(request, slot, at),
              until=until, holder=key, by=by, at=at)  # fmt: skip


@within_action
def give_back(*, request: AppointmentRequest, by: User, at: datetime) -> None:
    """Let go of whatever is held for a request, and of what was to be said of it."""
    let_go(holds=kept_for(keys_of(request)), by=by, at=at)
    take_back(request=request, by=by, at=at)


def _may_have_more(request: AppointmentRequest, by: User, at: datetime) -> bool:
    """Nobody blocks a day: a number on the public page has one time held, at the desk as many as it may have requests."""
    most = (REQUEST_HOLDS if acts_for_customers(by, request.node_id) else OPEN_REQUESTS).on(at)
    others = waiting_of_number(request.phone, request.customer).exclude(pk=request.pk)
    return kept_for([wish_key(pk) for pk in others.values_list("pk", flat=True)]).standing(at).count() < most


def _named(request: AppointmentRequest, slot: Slot, at: datetime) -> Customer | None:
    """The customer, unless something of hers is at that time already: two doctors' times may be offered, or a visit be moved to another doctor."""
    if request.customer is None:
        return None
    hers = Appointment.with_holds.standing(at).filter(customer=request.customer).exclude(
        status__in=(AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW)
    )  # fmt: skip
    return None if hers.filter(during__overlap=TimestamptzRange(slot.start, slot.end)).exists() else request.customer
