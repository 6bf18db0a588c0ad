"""Clinic hours, leave and extra hours over the API (APT-019)."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status
from pydantic import StringConstraints

from kefu.appointments import actions
from kefu.appointments.actions.deciding import Decisions
from kefu.appointments.choices import ExceptionKind, Settlement
from kefu.appointments.models import Appointment, ClinicSchedule, Equipment, ScheduleException
from kefu.appointments.permissions import AppointmentPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Code, Count, Day, Ident, In, Line, Moment, Out
from kefu.kernel.errors import Invalid
from kefu.kernel.ids import ident
from kefu.organisation.models import Node, Room, User

router = Router(tags=["appointments"])
KEEP, VIEW = AppointmentPermission.SCHEDULE, AppointmentPermission.SCHEDULE_VIEW
Clock = Annotated[str, StringConstraints(pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of the day in the house's time, such as `09:30`."""


class DecisionIn(In):
    """What becomes of a booking that the change breaks: `moved` to `start`, `given` to `doctor`, `kept`, `cancelled`, or `open` for later."""

    appointment: Ident
    outcome: Literal["open", "moved", "given", "kept", "cancelled"]
    start: Moment | None = None
    doctor: Ident | None = None


class CutIn(In):
    """When on a weekday (Monday is 0), for whom, and how it is cut into slots."""

    weekday: Count
    opens: Clock
    closes: Clock
    slot_minutes: Count
    types: list[Code] | None = None
    capacity: Count = 1
    buffer_before: Count = 0
    buffer_after: Count = 0
    room: Ident | None = None
    equipment: Ident | None = None


class HoursIn(CutIn):
    """Weekly hours from a day on, up to but without another."""

    doctor: Ident
    node: Ident
    valid_from: Day
    valid_to: Day | None = None


class HoursChangeIn(CutIn):
    """Other hours from a day on."""

    since: Day
    reason: Line
    decisions: list[DecisionIn] | None = None


class HoursEndIn(In):
    """The last day of weekly hours."""

    last_day: Day
    reason: Line
    decisions: list[DecisionIn] | None = None


class ExceptionIn(In):
    """Leave from the first to the last day (all day without times), or extra hours on the first."""

    doctor: Ident
    node: Ident
    kind: ExceptionKind
    first: Day
    last: Day | None = None
    opens: Clock | None = None
    closes: Clock | None = None
    slot_minutes: Count = 30
    types: list[Code] | None = None
    room: Ident | None = None
    reason: Line
    decisions: list[DecisionIn] | None = None


class WithdrawalIn(In):
    """Why leave or extra hours are taken back."""

    reason: Line
    decisions: list[DecisionIn] | None = None


class PlaceFilterIn(Page):
    """Whose, and where."""

    node: Ident | None = None
    doctor: Ident | None = None


class HoursOut(Out):
    """Weekly hours; `valid_to` is the first day on which they no longer hold."""

    id: str
    doctor: str
    node: str
    weekday: Count
    opens: str
    closes: str
    slot_minutes: Count
    types: list[str]
    capacity: Count
    buffer_before: Count
    buffer_after: Count
    room: str | None
    equipment: str | None
    valid_from: Day
    valid_to: Day | None


class ExceptionOut(Out):
    """One day of leave or of extra hours."""

    id: str
    doctor: str
    node: str | None
    kind: str
    day: Day
    opens: str | None
    closes: str | None
    reason: str


class ExceptionList(Out):
    """The days that were entered at once."""

    items: list[ExceptionOut]
    next: None


@router.get("clinic-hours", response={200: Listing[HoursOut], **RESPONSES}, operation_id="clinic_hours_list")
@needs(VIEW)
def list_hours(request: ApiRequest, query: Query[PlaceFilterIn]) -> dict[str, object]:
    """Weekly hours at one's places, those that ended too, newest first."""
    return listing(_wanted(_hours(request, VIEW), query), query, order=("-id",), show=show_hours)


@router.post("clinic-hours", response={201: HoursOut, **RESPONSES}, operation_id="clinic_hours_create")
@needs(KEEP)
def create_hours(request: ApiRequest, body: HoursIn) -> Status[object]:
    """Give a doctor weekly hours; 422 `overlap` when he or she is elsewhere then."""
    made = actions.add_hours(
        doctor=_doctor(body.doctor), node=_node(body.node), valid_from=body.valid_from, valid_to=body.valid_to, **_cut(body),
        by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, show_hours(made))


@router.patch("clinic-hours/{hours_id}", response={200: HoursOut, **RESPONSES}, operation_id="clinic_hours_change")
@needs(KEEP)
def change_hours(request: ApiRequest, hours_id: Line, body: HoursChangeIn) -> dict[str, object]:
    """Let other hours hold from a day on; answers the new version. 409 `hits_bookings` names the bookings without a decision."""
    made = actions.change_hours(
        hours=reference(_hours(request, KEEP), hours_id, "hrs"), since=body.since, reason=body.reason, **_cut(body),
        decisions=_decisions(request, body.decisions), by=request.user, at=request.at,
    )  # fmt: skip
    return show_hours(made)


@router.delete("clinic-hours/{hours_id}", response={200: HoursOut, **RESPONSES}, operation_id="clinic_hours_end")
@needs(KEEP)
def end_hours(request: ApiRequest, hours_id: Line, body: HoursEndIn) -> dict[str, object]:
    """End weekly hours after a day; the row stays. 409 as for a change."""
    row = reference(_hours(request, KEEP), hours_id, "hrs")
    done = actions.end_hours(hours=row, last_day=body.last_day, reason=body.reason, decisions=_decisions(request, body.decisions),
                             by=request.user, at=request.at)  # fmt: skip
    return show_hours(done)


@router.get(
    "clinic-exceptions", response={200: Listing[ExceptionOut], **RESPONSES}, operation_id="clinic_exceptions_list"
)
@needs(VIEW)
def list_exceptions(request: ApiRequest, query: Query[PlaceFilterIn]) -> dict[str, object]:
    """Leave and extra hours at one's places, newest first."""
    return listing(_wanted(_exceptions(request, VIEW), query), query, order=("-id",), show=show_exception)


@router.post("clinic-exceptions", response={201: ExceptionList, **RESPONSES}, operation_id="clinic_exceptions_create")
@needs(KEEP)
def create_exception(request: ApiRequest, body: ExceptionIn) -> Status[object]:
    """Enter leave, with a decision for each booking that it breaks (409 `hits_bookings` names those without), or extra hours."""
    doctor, node, opens, closes = _doctor(body.doctor), _node(body.node), _time(body.opens), _time(body.closes)
    if body.kind == ExceptionKind.LEAVE:
        made = actions.take_leave(
            doctor=doctor, node=node, first=body.first, last=body.last or body.first, opens=opens, closes=closes, reason=body.reason,
            decisions=_decisions(request, body.decisions), by=request.user, at=request.at,
        )  # fmt: skip
        return Status(201, {"items": [show_exception(row) for row in made], "next": None})
    if opens is None or closes is None:
        raise Invalid.one("opens", "required", _("加诊要写起止时间。"))
    extra = actions.add_extra(
        doctor=doctor, node=node, day=body.first, opens=opens, closes=closes, slot_minutes=body.slot_minutes, room=_room(body.room),
        types=body.types or [], reason=body.reason, by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, {"items": [show_exception(extra)], "next": None})


@router.delete(
    "clinic-exceptions/{exception_id}", response={204: None, **RESPONSES}, operation_id="clinic_exceptions_withdraw"
)
@needs(KEEP)
def withdraw_exception(request: ApiRequest, exception_id: Line, body: WithdrawalIn) -> Status[None]:
    """Take leave or extra hours back. 409 as for a change."""
    row = reference(_exceptions(request, KEEP), exception_id, "exc")
    actions.remove_exception(
        exception=row, reason=body.reason, decisions=_decisions(request, body.decisions), by=request.user, at=request.at
    )
    return Status(204, None)


def show_hours(row: ClinicSchedule) -> dict[str, object]:
    """Weekly hours as the API tells them."""
    return {
        "id": ident("hrs", row.pk), "doctor": row.doctor.job_number, "node": row.node.code, "weekday": row.weekday,
        "opens": f"{row.opens:%H:%M}", "closes": f"{row.closes:%H:%M}", "slot_minutes": row.slot_minutes, "types": row.types,
        "capacity": row.capacity, "buffer_before": row.buffer_before, "buffer_after": row.buffer_after,
        "room": row.room.code if row.room else None, "equipment": row.equipment.code if row.equipment else None,
        "valid_from": row.valid_from, "valid_to": row.valid_to,
    }  # fmt: skip


def show_exception(row: ScheduleException) -> dict[str, object]:
    """Leave or extra hours as the API tells them."""
    return {
        "id": ident("exc", row.pk), "doctor": row.doctor.job_number, "node": row.node.code if row.node else None, "kind": row.kind,
        "day": row.day, "opens": f"{row.opens:%H:%M}" if row.opens else None, "closes": f"{row.closes:%H:%M}" if row.closes else None,
        "reason": row.reason,
    }  # fmt: skip


def _cut(body: CutIn) -> dict[str, Any]:
    return {
        "weekday": body.weekday, "opens": time.fromisoformat(body.opens), "closes": time.fromisoformat(body.closes),
        "slot_minutes": body.slot_minutes, "types": body.types or [], "capacity": body.capacity, "buffer_before": body.buffer_before,
        "buffer_after": body.buffer_after, "room": _room(body.room),
        "equipment": reference(Equipment.objects.all(), body.equipment, "eqp", "code", field="equipment") if body.equipment else None,
    }  # fmt: skip


def _decisions(request: ApiRequest, given: list[DecisionIn] | None) -> Decisions:
    bookings = Appointment.objects.visible_to(request.user)
    return {
        reference(bookings, one.appointment, "apt", field="decisions").pk: actions.Decision(
            Settlement(one.outcome), one.start, _doctor(one.doctor) if one.doctor else None
        )
        for one in given or []
        if _complete(one)
    }


def _complete(one: DecisionIn) -> bool:
    wanting = (one.outcome == "moved" and one.start is None) or (one.outcome == "given" and one.doctor is None)
    if wanting:
        raise Invalid.one("decisions", "incomplete", _("改约要写 start，换医生要写 doctor。"))
    return True


def _hours(request: ApiRequest, permission: AppointmentPermission) -> QuerySet[ClinicSchedule]:
    mine = scope(request.user, permission, node="node_id", owners=("doctor_id",))
    return ClinicSchedule.objects.filter(mine).select_related("doctor", "node", "room", "equipment")


def _exceptions(request: ApiRequest, permission: AppointmentPermission) -> QuerySet[ScheduleException]:
    mine = scope(request.user, permission, node="node_id", owners=("doctor_id",))
    return ScheduleException.objects.filter(mine).select_related("doctor", "node")


def _wanted(rows: QuerySet[Any], query: PlaceFilterIn) -> QuerySet[Any]:
    if query.node is not None:
        rows = rows.filter(node=_node(query.node))
    return rows.filter(doctor=_doctor(query.doctor)) if query.doctor is not None else rows


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _room(text: str | None) -> Room | None:
    return reference(Room.objects.all(), text, "rom", "code", field="room") if text else None


def _doctor(text: str) -> User:
    return reference(User.objects.filter(is_active=True, is_system=False), text, "usr", "job_number", field="doctor")


def _node(text: str) -> Node:
    return reference(Node.objects.filter(closed_on__isnull=True), text, "nod", "code", field="node")
