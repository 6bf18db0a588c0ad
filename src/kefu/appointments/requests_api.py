"""Requests for a booking over the API (APT-001, APT-004, APT-012, APT-013)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from ninja import Query, Router, Status

from kefu.appointments import actions
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import WAITING, Channel, RequestState
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.requests import Proposal, offers_of
from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Code, Flag, Ident, In, Line, Moment, Out, Switch
from kefu.kernel.ids import ident
from kefu.kernel.phones import mask
from kefu.organisation.choices import Sex
from kefu.organisation.models import Node, User

router = Router(tags=["appointment-requests"])
PLURAL = "appointment-requests"


class RequestIn(In):
    """Who asks (`customer`, or `name`, `sex` and `phone` of somebody new), what for and where, with whom and when as far as it was said.

    `about` names a booking for which another time is asked.
    """

    customer: Ident | None = None
    name: Line | None = None
    sex: Sex | None = None
    phone: Line | None = None
    email: Line | None = None
    about: Ident | None = None
    channel: Channel = Channel.PHONE
    type: Code
    node: Ident
    doctor: Ident | None = None
    wished: Moment | None = None
    wish: Line | None = None


class RequestFilter(Page):
    """`state` keeps those of one state, `waiting` those that nobody settled yet, `node` those of one centre."""

    state: RequestState | None = None
    waiting: Switch = False
    node: Ident | None = None


class TimeIn(In):
    """A free time of a doctor; without one the doctor who was wished for."""

    doctor: Ident | None = None
    start: Moment


class OffersIn(In):
    """Up to three times the customer may choose from."""

    times: list[TimeIn]


class AcceptanceIn(In):
    """The time the request gets; `read_back` says that item and time were read to the customer, who agreed."""

    doctor: Ident | None = None
    start: Moment
    read_back: Flag


class RefusalIn(In):
    """Why nothing came of it."""

    reason: Line


class RequestWithdrawalIn(In):
    """What the customer said, if anything."""

    reason: Line | None = None


class OfferOut(Out):
    """A time the customer may choose until `until`."""

    doctor: str
    start: Moment
    until: Moment


class RequestOut(Out):
    """A request; `late` is the breach flag. The number it came from is masked."""

    id: str
    customer: str | None
    name: str
    phone: str
    about: str | None
    channel: str
    type: str
    node: str
    doctor: str | None
    wished: Moment | None
    wish: str
    status: str
    status_label: str
    submitted_at: Moment
    due_at: Moment
    answered_at: Moment | None
    late: bool
    appointment: str | None
    offers: list[OfferOut]


@router.get(PLURAL, response={200: Listing[RequestOut], **RESPONSES}, operation_id="appointment_requests_list")
@needs(AppointmentPermission.BOOK)
def list_requests(request: ApiRequest, query: Query[RequestFilter]) -> dict[str, object]:
    """Requests within the caller's scope, the newest first; the times offered are told of one request only."""
    rows = AppointmentRequest.objects.visible_to(request.user, AppointmentPermission.BOOK)
    if query.state is not None:
        rows = rows.filter(state=query.state)
    if query.waiting:
        rows = rows.filter(state__in=WAITING)
    if query.node is not None:
        rows = rows.filter(node=node_named(query.node))
    mine = Customer.objects.visible_to(request.user).filter(pk=OuterRef("customer"))
    known = rows.select_related("customer", "node", "doctor").annotate(known=Exists(mine))
    return listing(known, query, order=("-id",), show=lambda row: _show(row, request, [], known=row.known))  # type: ignore[attr-defined]


@router.post(PLURAL, response={201: RequestOut, **RESPONSES}, operation_id="appointment_requests_create")
@needs(AppointmentPermission.BOOK)
def create_request(request: ApiRequest, body: RequestIn) -> Status[object]:
    """Enter a request; the clock of two working hours starts."""
    seen = Customer.objects.visible_to(request.user)
    customer = customer_named(seen, body.customer, field="customer") if body.customer else None
    about = (
        reference(Appointment.objects.visible_to(request.user), body.about, "apt", field="about")
        if body.about
        else None
    )
    who = Asker(customer, body.name or "", body.sex or "", body.phone or "", body.email or "")
    doctor = doctor_named(body.doctor) if body.doctor else None
    wish = Wish(body.type, node_named(body.node), doctor, body.wished, body.wish or "", about)
    made = actions.ask(who=who, wish=wish, channel=body.channel, by=request.user, at=request.at)
    return Status(201, _told(made, request))


@router.get(
    f"{PLURAL}/{{request_id}}", response={200: RequestOut, **RESPONSES}, operation_id="appointment_requests_read"
)
@needs(AppointmentPermission.BOOK)
def read_request(request: ApiRequest, request_id: Line) -> dict[str, object]:
    """One request with the times offered that still count."""
    return _told(_request(request, request_id), request)


@router.post(
    f"{PLURAL}/{{request_id}}/offers",
    response={201: RequestOut, **RESPONSES},
    operation_id="appointment_requests_offer",
)
@needs(AppointmentPermission.BOOK)
def create_offers(request: ApiRequest, request_id: Line, body: OffersIn) -> Status[object]:
    """Tell the customer other times."""
    found = _request(request, request_id)
    times = [Proposal(_chosen(found, one.doctor), one.start) for one in body.times]
    actions.offer(request=found, times=times, by=request.user, at=request.at)
    return Status(201, _told(_request(request, request_id), request))


@router.post(
    f"{PLURAL}/{{request_id}}/booking",
    response={201: RequestOut, **RESPONSES},
    operation_id="appointment_requests_book",
)
@needs(AppointmentPermission.BOOK)
def create_booking(request: ApiRequest, request_id: Line, body: AcceptanceIn) -> Status[object]:
    """Give the request a time; 409 `slot_taken` carries three `alternatives`."""
    found = _request(request, request_id)
    doctor = _chosen(found, body.doctor)
    actions.accept(
        request=found, doctor=doctor, start=body.start, read_back=body.read_back, by=request.user, at=request.at
    )
    return Status(201, _told(_request(request, request_id), request))


@router.post(
    f"{PLURAL}/{{request_id}}/refusal",
    response={200: RequestOut, **RESPONSES},
    operation_id="appointment_requests_decline",
)
@needs(AppointmentPermission.BOOK)
def decline_request(request: ApiRequest, request_id: Line, body: RefusalIn) -> dict[str, object]:
    """End a request without a booking."""
    done = actions.decline(request=_request(request, request_id), reason=body.reason, by=request.user, at=request.at)
    return _told(done, request)


@router.post(
    f"{PLURAL}/{{request_id}}/withdrawal",
    response={200: RequestOut, **RESPONSES},
    operation_id="appointment_requests_withdraw",
)
@needs(AppointmentPermission.BOOK)
def withdraw_request(request: ApiRequest, request_id: Line, body: RequestWithdrawalIn) -> dict[str, object]:
    """The customer takes a request back."""
    reason = body.reason or ""
    return _told(
        actions.withdraw(request=_request(request, request_id), reason=reason, by=request.user, at=request.at), request
    )


def _told(row: AppointmentRequest, request: ApiRequest) -> dict[str, object]:
    offers = [
        {"doctor": one.doctor.job_number, "start": one.start, "until": one.until} for one in offers_of(row, request.at)
    ]
    known = Customer.objects.visible_to(request.user).filter(pk=row.customer_id or 0).exists()
    return _show(row, request, offers, known=known)


def _show(
    row: AppointmentRequest, request: ApiRequest, offers: list[dict[str, object]], *, known: bool
) -> dict[str, object]:
    """`known`: the caller may see the customer; a number tells nobody else whose it is."""
    return {
        "id": ident("apr", row.pk),
        "customer": ident("cus", row.customer_id) if row.customer_id and known else None,
        "name": row.called if known else row.name,
        "phone": mask(row.phone) if row.phone else "",
        "about": ident("apt", row.about_id) if row.about_id else None,
        "channel": row.channel,
        "type": row.type_id,
        "node": row.node.code,
        "doctor": row.doctor.job_number if row.doctor else None,
        "wished": row.wished,
        "wish": row.wish,
        "status": row.state,
        "status_label": row.get_state_display(),
        "submitted_at": row.submitted_at,
        "due_at": row.due_at,
        "answered_at": row.answered_at,
        "late": row.late(request.at),
        "appointment": ident("apt", row.appointment_id) if row.appointment_id else None,
        "offers": offers,
    }


def _chosen(row: AppointmentRequest, text: str | None) -> User:
    wished = row.about.doctor if row.about else row.doctor
    return wished if text is None and wished is not None else doctor_named(text or "")


def doctor_named(text: str) -> User:
    """The colleague a body names as `doctor`."""
    return reference(User.objects.filter(is_active=True, is_system=False), text, "usr", "job_number", field="doctor")


def node_named(text: str) -> Node:
    """The place a body names as `node`."""
    return reference(Node.objects.filter(closed_on__isnull=True), text, "nod", "code", field="node")


def _request(request: ApiRequest, text: str) -> AppointmentRequest:
    rows = AppointmentRequest.objects.visible_to(request.user, AppointmentPermission.BOOK)
    return reference(rows.select_related("customer", "node", "doctor", "about__doctor"), text, "apr")
