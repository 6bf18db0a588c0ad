"""Slots kept for somebody who has not decided yet: held for some minutes, then booked, given back, or free again by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.changing import require_for_visitors
from kefu.appointments.actions.taking import KIND, let_go, take
from kefu.appointments.choices import AppointmentStatus, AppointmentType
from kefu.appointments.clashes import first_come
from kefu.appointments.limits import HOLD_MINUTES
from kefu.appointments.models import Appointment
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import offered
from kefu.appointments.queries.types import bookable_type
from kefu.customers.holding import hold_living
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node, User
from kefu.people.queries import require_bookable


@first_come
@action
def hold_slot(*, doctor: User, node: Node, start: datetime, type: str = AppointmentType.FIRST_VISIT, customer: Customer | None = None,
              until: datetime | None = None, holder: str = "", by: User, at: datetime) -> Appointment:  # fmt: skip
    """Keep a free slot for a customer, or for a visitor of whom nothing is known, until then (APT-003); without `until` for some minutes.

    One `holder` (whoever may keep one slot only, such as a visitor's session) gives back the slot held before. Staff need the right to
    book; the system holds for visitors. Raises Refused and Invalid as `book`, Invalid for a moment that has passed.
    """
    _may_hold(by, node)
    until = until or at + timedelta(minutes=HOLD_MINUTES.on(at, node_id=node.pk))
    if until <= at:
        raise Invalid.one("until", "order", _("保留的时间要在现在以后。"))
    if customer is not None:
        hold_living(customer.pk)
    wanted = bookable_type(type, node)
    require_bookable(doctor, at)
    if holder:
        let_go(holds=Appointment.with_holds.filter(status=AppointmentStatus.HELD, holder=holder), by=by, at=at)
    slot = offered(doctor, node, start, at, type)
    held = Appointment(
        doctor=doctor, node=node, type=wanted, status=AppointmentStatus.HELD, expires_at=until, holder=holder, booked_by=by, booked_at=at,
    )  # fmt: skip
    if customer is not None:
        held.customer = customer
    take(appointment=held, slot=slot, at=at)
    record("appointments.hold.made", by=by, at=at, subject=Subject(KIND, held.pk), customer_id=held.customer_id, node_id=node.pk,
           changes={"start": (None, held.start), "expires_at": (None, until)})  # fmt: skip
    return held


@action
def release_slot(*, held: Appointment, by: User, at: datetime) -> None:
    """Give a held slot back before its time runs out; one that is gone already is gone."""
    _may_hold(by, held.node)
    if not let_go(holds=Appointment.with_holds.filter(pk=held.pk, status=AppointmentStatus.HELD), by=by, at=at):
        nothing_changed()


@action
def sweep_holds(*, by: User, at: datetime) -> int:
    """Remove held slots whose time has run out; answers how many. Nobody waits for it: who wants such a slot removes it first."""
    gone = let_go(holds=Appointment.with_holds.filter(status=AppointmentStatus.HELD, expires_at__lte=at), by=by, at=at)
    if not gone:
        nothing_changed()
    return gone


def _may_hold(by: User, node: Node) -> None:
    if by.is_system:
        require_for_visitors(by=by, node=node)
    else:
        require(by, AppointmentPermission.BOOK, node_id=node.pk)
