"""The waitlist over the API (APT-004, APT-013, APT-017)."""

from __future__ import annotations

from datetime import time

from ninja import Query, Router, Status

from kefu.appointments import actions
from kefu.appointments.asked import WaitWish
from kefu.appointments.choices import Channel, PartOfDay, WaitState
from kefu.appointments.models import OfferedPlace, WaitlistEntry
from kefu.appointments.models.waitlist import WaitlistQuerySet
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.waitlist import open_place, place_answered
from kefu.appointments.requests_api import doctor_named, node_named
from kefu.appointments.timetables_api import Clock
from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Code, Day, Flag, Ident, In, Line, Moment, Out, Switch
from kefu.kernel.ids import ident, parse_ident

router = Router(tags=["waitlist"])
PLURAL = "waitlist-entries"


class WaitIn(In):
    """Who waits, what for and where, on which days; of which doctor, in which parts of the day, at which hour, as far as it was said."""

    customer: Ident
    type: Code
    node: Ident
    first: Day
    last: Day
    doctor: Ident | None = None
    parts: list[PartOfDay] = []
    hour: Clock | None = None
    channel: Channel = Channel.PHONE
    note: Line | None = None


class WaitFilter(Page):
    """`state` keeps those of one state, `waiting` those who still wait, `node` those of one centre, `customer` those of one."""

    state: WaitState | None = None
    waiting: Switch = False
    node: Ident | None = None
    customer: Ident | None = None


class PlaceRefusalIn(In):
    """Which time the customer was asked about: the `id` of the `place` that was kept."""

    place: Ident


class TakingIn(PlaceRefusalIn):
    """`read_back` says that item and time were read to the customer, who agreed; `instead` that a later visit for the same is moved here."""

    read_back: Flag
    instead: Flag = False


class LeavingIn(In):
    """What the customer said, if anything."""

    reason: Line | None = None


class PlaceOut(Out):
    """A time that is kept until `until`."""

    id: str
    doctor: str
    start: Moment
    until: Moment


class WaitOut(Out):
    """Somebody who waits; `place` is the time that is kept."""

    id: str
    customer: str
    type: str
    node: str
    doctor: str | None
    first: Day
    last: Day
    parts: list[str]
    hour: str | None
    channel: str
    note: str
    since: Moment
    status: str
    status_label: str
    place: PlaceOut | None
    appointment: str | None


@router.get(PLURAL, response={200: Listing[WaitOut], **RESPONSES}, operation_id="waitlist_entries_list")
@needs(AppointmentPermission.BOOK)
def list_entries(request: ApiRequest, query: Query[WaitFilter]) -> dict[str, object]:
    """Who waits within the caller's scope, whoever came first first; the time that is kept is told of one entry only."""
    rows = _seen(request)
    if query.state is not None:
        rows = rows.filter(state=query.state)
    if query.waiting:
        rows = rows.open()
    if query.node is not None:
        rows = rows.filter(node=node_named(query.node))
    if query.customer is not None:
        rows = rows.filter(
            customer=customer_named(Customer.objects.visible_to(request.user), query.customer, field="customer")
        )
    return listing(rows, query, order=("since", "id"), show=lambda row: _show(row, None))


@router.post(PLURAL, response={201: WaitOut, **RESPONSES}, operation_id="waitlist_entries_create")
@needs(AppointmentPermission.BOOK)
def create_entry(request: ApiRequest, body: WaitIn) -> Status[object]:
    """Put a customer on the waitlist; 409 `still_free` carries `alternatives`."""
    customer = customer_named(Customer.objects.visible_to(request.user), body.customer, field="customer")
    doctor = doctor_named(body.doctor) if body.doctor else None
    wish = WaitWish(
        body.type,
        node_named(body.node),
        body.first,
        body.last,
        doctor,
        body.parts,
        time.fromisoformat(body.hour) if body.hour else None,
    )
    made = actions.join_waitlist(
        customer=customer, wish=wish, channel=body.channel, note=body.note or "", by=request.user, at=request.at
    )
    return Status(201, _told(request, ident("apw", made.pk)))


@router.get(f"{PLURAL}/{{entry_id}}", response={200: WaitOut, **RESPONSES}, operation_id="waitlist_entries_read")
@needs(AppointmentPermission.BOOK)
def read_entry(request: ApiRequest, entry_id: Line) -> dict[str, object]:
    """One who waits, with the time that is kept."""
    return _told(request, entry_id)


@router.post(
    f"{PLURAL}/{{entry_id}}/booking", response={201: WaitOut, **RESPONSES}, operation_id="waitlist_entries_book"
)
@needs(AppointmentPermission.BOOK)
def create_booking(request: ApiRequest, entry_id: Line, body: TakingIn) -> Status[object]:
    """The customer takes the time that is kept; 409 `offer_over` once it counts no more."""
    place = _place(request, entry_id, body)
    actions.take_place(place=place, read_back=body.read_back, instead=body.instead, by=request.user, at=request.at)
    return Status(201, _told(request, entry_id))


@router.post(
    f"{PLURAL}/{{entry_id}}/refusal", response={200: WaitOut, **RESPONSES}, operation_id="waitlist_entries_decline"
)
@needs(AppointmentPermission.BOOK)
def decline_time(request: ApiRequest, entry_id: Line, body: PlaceRefusalIn) -> dict[str, object]:
    """The customer does not want this time and goes on waiting; it goes to the next."""
    actions.decline_place(place=_place(request, entry_id, body), by=request.user, at=request.at)
    return _told(request, entry_id)


@router.post(
    f"{PLURAL}/{{entry_id}}/withdrawal", response={200: WaitOut, **RESPONSES}, operation_id="waitlist_entries_withdraw"
)
@needs(AppointmentPermission.BOOK)
def withdraw_entry(request: ApiRequest, entry_id: Line, body: LeavingIn) -> dict[str, object]:
    """The customer waits no longer."""
    actions.leave_waitlist(entry=_entry(request, entry_id), reason=body.reason or "", by=request.user, at=request.at)
    return _told(request, entry_id)


def _told(request: ApiRequest, text: str) -> dict[str, object]:
    row = _entry(request, text)
    return _show(row, open_place(row) if row.waits else None)


def _show(row: WaitlistEntry, place: OfferedPlace | None) -> dict[str, object]:
    return {
        "id": ident("apw", row.pk),
        "customer": ident("cus", row.customer_id),
        "type": row.type_id,
        "node": row.node.code,
        "doctor": row.doctor.job_number if row.doctor else None,
        "first": row.first,
        "last": row.last,
        "parts": row.parts,
        "hour": f"{row.hour:%H:%M}" if row.hour else None,
        "channel": row.channel,
        "note": row.note,
        "since": row.since,
        "status": row.state,
        "status_label": row.get_state_display(),
        "place": _kept(place) if place else None,
        "appointment": ident("apt", row.appointment_id) if row.appointment_id else None,
    }


def _kept(place: OfferedPlace) -> dict[str, object]:
    return {
        "id": ident("apl", place.pk),
        "doctor": place.doctor.job_number,
        "start": place.start,
        "until": place.until,
    }


def _place(request: ApiRequest, text: str, body: PlaceRefusalIn) -> OfferedPlace:
    return place_answered(_entry(request, text), parse_ident(body.place, "apl"))


def _entry(request: ApiRequest, text: str) -> WaitlistEntry:
    return reference(_seen(request), text, "apw")


def _seen(request: ApiRequest) -> WaitlistQuerySet:
    rows = WaitlistEntry.objects.visible_to(request.user, AppointmentPermission.BOOK)
    return rows.select_related("customer", "node", "doctor")
