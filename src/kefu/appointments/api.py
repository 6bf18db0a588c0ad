"""Appointments over the API."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status

from kefu.appointments import actions, requests_api, statistics_api, timetables_api, types_api, waitlist_api
from kefu.appointments.actions.desk import book_known
from kefu.appointments.cancel_reasons import OTHER
from kefu.appointments.choices import AppointmentStatus, Channel
from kefu.appointments.finding_api import FoundOut, list_appointments
from kefu.appointments.models import Appointment
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import free_slots
from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.paging import Listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Code, Day, Ident, In, Line, Moment, Out
from kefu.kernel.errors import Invalid
from kefu.kernel.ids import ident
from kefu.organisation.models import Node, User

router = Router(tags=["appointments"])
router.add_router("", requests_api.router)
router.add_router("", waitlist_api.router)
router.add_router("", statistics_api.router)
router.add_router("", timetables_api.router)
router.add_router("", types_api.router)
router.get("appointments", response={200: Listing[FoundOut], **RESPONSES}, operation_id="appointments_list")(
    list_appointments
)


class SlotOut(Out):
    """A free slot `[start, end)`."""

    start: Moment
    end: Moment


class SlotList(Out):
    """The free slots of a day; never paged."""

    items: list[SlotOut]
    next: None


class SlotQuery(In):
    """Whose slots, where, on which day."""

    doctor: Ident
    node: Ident
    day: Day


class AppointmentIn(In):
    """A booking."""

    customer: Ident
    doctor: Ident
    node: Ident
    type: Code
    start: Moment
    channel: Channel = Channel.PHONE
    note: Line | None = None


class AppointmentPatch(In):
    """A new time, doctor, centre or kind, or what became of it; not both. `override`: an exception, by those who may make one."""

    start: Moment | None = None
    doctor: Ident | None = None
    node: Ident | None = None
    type: Code | None = None
    status: AppointmentStatus | None = None
    reason: Line | None = None
    override: bool = False


class CancellationIn(In):
    """Why it is cancelled: a reason of the list by its code, in words where it is `other`."""

    reason: Line | None = None
    code: Code = OTHER
    override: bool = False


class AppointmentOut(Out):
    """A booking."""

    id: str
    customer: str
    doctor: str
    node: str
    type: str
    start: Moment
    end: Moment
    status: str
    status_label: str
    sequence: int


@router.get("slots", response={200: SlotList, **RESPONSES}, operation_id="slots_list")
@needs(AppointmentPermission.VIEW)
def list_slots(request: ApiRequest, query: Query[SlotQuery]) -> dict[str, object]:
    """The slots of a doctor that are free at a centre on a day."""
    day: date = query.day
    found = free_slots(_doctor(query.doctor), _node(query.node), day, request.at)
    return {
        "items": [{"start": slot.start, "end": slot.end} for slot in found],
        "next": None,
    }


@router.post("appointments", response={201: AppointmentOut, **RESPONSES}, operation_id="appointments_create")
@needs(AppointmentPermission.BOOK)
def create_appointment(request: ApiRequest, body: AppointmentIn) -> Status[object]:
    """Take a free slot; 409 carries three `alternatives`."""
    customer = customer_named(Customer.objects.visible_to(request.user), body.customer, field="customer")
    made = book_known(customer=customer, doctor=_doctor(body.doctor), node=_node(body.node), type=body.type, start=body.start,
                        channel=body.channel, note=body.note or "", by=request.user, at=request.at)  # fmt: skip
    return Status(201, show(made))


@router.get(
    "appointments/{appointment_id}", response={200: AppointmentOut, **RESPONSES}, operation_id="appointments_read"
)
@needs(AppointmentPermission.VIEW)
def read_appointment(request: ApiRequest, appointment_id: Line) -> dict[str, object]:
    """One booking."""
    return show(_appointment(request, appointment_id))


@router.patch(
    "appointments/{appointment_id}", response={200: AppointmentOut, **RESPONSES}, operation_id="appointments_change"
)
@needs(AppointmentPermission.BOOK, AppointmentPermission.CHANGE)
def change_appointment(request: ApiRequest, appointment_id: Line, body: AppointmentPatch) -> dict[str, object]:
    """Move a booking, or say what became of it."""
    found = _appointment(request, appointment_id)
    moving = [body.start, body.doctor, body.node, body.type]
    if any(value is not None for value in moving) == (body.status is not None):
        raise Invalid.one("start", "one_of", _("start 和 status 填其中一个。"))
    if body.status is None:
        return show(_moved(request, found, body))
    if body.status == AppointmentStatus.CANCELLED:
        return show(
            actions.cancel(
                appointment=found, reason=body.reason or "", override=body.override, by=request.user, at=request.at
            )
        )
    return show(actions.set_status(appointment=found, status=body.status, by=request.user, at=request.at))


def _moved(request: ApiRequest, found: Appointment, body: AppointmentPatch) -> Appointment:
    return actions.move(
        appointment=found, start=body.start or found.start, doctor=_doctor(body.doctor) if body.doctor else None,
        node=_node(body.node) if body.node else None, type=body.type, reason=body.reason or "", override=body.override,
        by=request.user, at=request.at,
    )  # fmt: skip


@router.delete(
    "appointments/{appointment_id}", response={200: AppointmentOut, **RESPONSES}, operation_id="appointments_cancel"
)
@needs(AppointmentPermission.CHANGE)
def cancel_appointment(request: ApiRequest, appointment_id: Line, body: CancellationIn) -> dict[str, object]:
    """Cancel a booking with a reason; the row stays."""
    return show(
        actions.cancel(
            appointment=_appointment(request, appointment_id),
            reason=body.reason or "",
            code=body.code,
            override=body.override,
            by=request.user,
            at=request.at,
        )
    )


def show(appointment: Appointment) -> dict[str, object]:
    """A booking as the API tells it."""
    return {
        "id": ident("apt", appointment.pk),
        "customer": ident("cus", appointment.customer_id),
        "doctor": appointment.doctor.job_number,
        "node": appointment.node.code,
        "type": appointment.type_id,
        "start": appointment.start,
        "end": appointment.end,
        "status": appointment.status,
        "status_label": appointment.get_status_display(),
        "sequence": appointment.sequence,
    }


def _doctor(text: str) -> User:
    return reference(User.objects.filter(is_active=True, is_system=False), text, "usr", "job_number", field="doctor")


def _node(text: str) -> Node:
    return reference(Node.objects.filter(closed_on__isnull=True), text, "nod", "code", field="node")


def _appointment(request: ApiRequest, text: str) -> Appointment:
    return reference(Appointment.objects.visible_to(request.user), text, "apt")
