"""Day closes over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status
from pydantic import Field

from kefu.billing import actions
from kefu.billing.actions.closing import MOST, Counted
from kefu.billing.choices import Method
from kefu.billing.models import DayClose, Desk
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import closes_listed, desks_closed_by
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import UnknownReference, reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Line, Moment, Money, Nothing, Out
from kefu.kernel.errors import FieldError, Invalid
from kefu.kernel.ids import ident
from kefu.organisation.models import Node

router = Router(tags=["billing"])
Pieces = Annotated[int, Field(ge=0, le=MOST)]


class CashIn(In):
    """So many notes or coins of one value in yuan."""

    value: Money
    pieces: Pieces


class SlipsIn(In):
    """What the slips of one way of paying come to (refunds taken off), and how many they are."""

    method: Method
    amount: Money
    slips: Pieces


class DayCloseIn(In):
    """A count of a desk of a place; `opening` only where the desk was never closed, `carry` leaves refunds nobody fetched to the next day."""

    node: Ident
    desk: Annotated[int, Field(ge=1, le=1000)] = 1
    day: Day | None = None
    cash: Annotated[list[CashIn], Field(max_length=20)]
    others: Annotated[list[SlipsIn], Field(max_length=20)] = []
    left: Money
    opening: Money | None = None
    reason: Line | None = None
    carry: bool = False


class ReopeningIn(In):
    """Why a closed day is opened again."""

    reason: Line


class CloseLineOut(Out):
    """One way of paying: book, count, difference; cash has no slips."""

    method: Method
    expected: Money
    counted: Money
    difference: Money
    booked: int
    slips: int | None


class DayCloseOut(Out):
    """A day close; `status` is closed, waiting (for a second person), confirmed or reopened."""

    id: str
    number: str
    node: str
    desk: int
    day: Day
    status: str
    opening: Money
    left: Money
    difference: Money
    reason: str
    carried: int
    closed_at: Moment
    confirmed_at: Moment | None
    reopened_at: Moment | None
    lines: list[CloseLineOut]


class ClosesFilter(Page):
    """Closes of a place or a day."""

    node: Ident | None = None
    day: Day | None = None


@router.get("day-closes", response={200: Listing[DayCloseOut], **RESPONSES}, operation_id="day_closes_list")
@needs(BillingPermission.DAY_VIEW)
def list_closes(request: ApiRequest, query: Query[ClosesFilter]) -> dict[str, object]:
    """Day closes within reach, the newest first, reopened ones too."""
    rows = closes_listed(request.user, {}, request.at)
    if query.node is not None:
        rows = rows.filter(desk__node=_place(Desk.objects.visible_to(request.user), query.node))
    if query.day is not None:
        rows = rows.filter(day=query.day)
    return listing(rows, query, order=("-id",), show=_show)


@router.post("day-closes", response={201: DayCloseOut, **RESPONSES}, operation_id="day_closes_create")
@needs(BillingPermission.DAY_CLOSE)
def create_close(request: ApiRequest, body: DayCloseIn) -> Status[object]:
    """Close the day whose turn it is; 409 `unfinished` names the receipts whose refunds wait, `other_day` the day whose turn it is."""
    desk = _desk_of(desks_closed_by(request.user), body.node, body.desk)
    made = actions.close_day(
        desk=desk, counted=_counted(body), day=body.day, reason=body.reason or "", carry=body.carry, by=request.user, at=request.at
    )  # fmt: skip
    return Status(201, _show(_close(request, made.number)))


@router.get("day-closes/{close_id}", response={200: DayCloseOut, **RESPONSES}, operation_id="day_closes_read")
@needs(BillingPermission.DAY_VIEW)
def read_close(request: ApiRequest, close_id: Line) -> dict[str, object]:
    """One day close."""
    return _show(_close(request, close_id))


@router.post(
    "day-closes/{close_id}/confirmation", response={200: DayCloseOut, **RESPONSES}, operation_id="day_closes_confirm"
)
@needs(BillingPermission.DAY_CLOSE)
def confirm(request: ApiRequest, close_id: Line, body: Nothing) -> dict[str, object]:
    """Confirm a colleague's count and take the float over; 409 `same_person`."""
    actions.confirm_close(close=_close(request, close_id), by=request.user, at=request.at)
    return _show(_close(request, close_id))


@router.post(
    "day-closes/{close_id}/reopening", response={200: DayCloseOut, **RESPONSES}, operation_id="day_closes_reopen"
)
@needs(BillingPermission.DAY_CLOSE)
def reopen(request: ApiRequest, close_id: Line, body: ReopeningIn) -> dict[str, object]:
    """Open the last closed day again: finance only; 409 `later_closed`."""
    actions.reopen_day(close=_close(request, close_id), reason=body.reason, by=request.user, at=request.at)
    return _show(_close(request, close_id))


def _counted(body: DayCloseIn) -> Counted:
    cash: dict[Decimal, int] = {row.value: row.pieces for row in body.cash}
    others = {row.method.value: (row.amount, row.slips) for row in body.others}
    for field, told, rows in (("cash", len(cash), body.cash), ("others", len(others), body.others)):
        if told < len(rows):
            raise Invalid.one(field, "duplicate", _("同一种填了两次"))
    return Counted(cash=cash, others=others, left=body.left, opening=body.opening)


def _desk_of(desks: QuerySet[Desk], node: str, position: int) -> Desk:
    desk = desks.filter(node=_place(desks, node), position=position).first()
    if desk is None:
        raise UnknownReference(FieldError("desk", "unknown", _("没有这个收银台")))
    return desk


def _place(desks: QuerySet[Desk], node: str) -> Node:
    return reference(Node.objects.filter(pk__in=desks.values("node")), node, "node", "code", field="node")


def _close(request: ApiRequest, close_id: str) -> DayClose:
    return reference(closes_listed(request.user, {}, request.at), close_id, "dcl", "number")


def _show(close: DayClose) -> dict[str, object]:
    lines = [
        {"method": one.method, "expected": one.expected, "counted": one.counted, "difference": one.difference, "booked": one.booked, "slips": one.slips}
        for one in close.lines.all()
    ]  # fmt: skip
    return {"id": ident("dcl", close.pk), "number": close.number, "node": close.desk.node.code, "desk": close.desk.position, "day": close.day,
            "status": close.status, "opening": close.opening, "left": close.left, "difference": close.difference, "reason": close.reason,
            "carried": close.carried, "closed_at": close.at, "confirmed_at": close.confirmed_at, "reopened_at": close.reopened_at,
            "lines": lines}  # fmt: skip
