"""Finding bookings over the API, by the filters of the list (APT-009)."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from ninja import Query
from pydantic import StringConstraints

from kefu.appointments.choices import AppointmentStatus, Channel, PartOfDay
from kefu.appointments.models import Appointment
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.finding import Sought, find
from kefu.appointments.queries.types import known_code
from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.paging import Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Code, Day, Ident, Moment, Out, Search
from kefu.kernel.ids import ident
from kefu.organisation.models import Node, User

HourText = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]


class AppointmentFilter(Page):
    """What is known of the bookings: `q` is anything of the customer (name, pinyin, phone or its tail, e-mail, card or archive number),
    `time` an hour that the booking covers, `part` the part of the day it begins in."""

    q: Search | None = None
    customer: Ident | None = None
    node: Ident | None = None
    doctor: Ident | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    time: HourText | None = None
    part: PartOfDay | None = None
    type: Code | None = None
    status: AppointmentStatus | None = None
    channel: Channel | None = None


class FoundOut(Out):
    """A booking as a list has it."""

    id: str
    customer: str
    doctor: str
    node: str
    type: str
    start: Moment
    end: Moment
    status: str
    status_label: str
    channel: str


@needs(AppointmentPermission.VIEW)
def list_appointments(request: ApiRequest, query: Query[AppointmentFilter]) -> dict[str, object]:
    """Bookings within the caller's scope, by time."""
    rows = find(request.user, _sought(query)).select_related("doctor", "node")
    if query.customer is not None:
        seen = Customer.objects.visible_to(request.user)
        rows = rows.filter(customer=customer_named(seen, query.customer, field="customer"))
    return listing(rows, query, order=("starts", "id"), show=_show)


def _sought(query: AppointmentFilter) -> Sought:
    doctors, nodes = User.objects.filter(is_system=False), Node.objects.all()
    return Sought(
        text=query.q or "", first=query.date_from, last=query.date_to, time=time.fromisoformat(query.time) if query.time else None,
        doctor=reference(doctors, query.doctor, "usr", "job_number", field="doctor").pk if query.doctor else None,
        node=reference(nodes, query.node, "nod", "code", field="node").pk if query.node else None,
        part=query.part or "", type=known_code(query.type), status=query.status or "", channel=query.channel or "",
    )  # fmt: skip


def _show(row: Appointment) -> dict[str, object]:
    return {
        "id": ident("apt", row.pk), "customer": ident("cus", row.customer_id), "doctor": row.doctor.job_number, "node": row.node.code, "type": row.type_id,
        "start": row.start, "end": row.end, "status": row.status, "status_label": row.get_status_display(), "channel": row.channel,
    }  # fmt: skip
