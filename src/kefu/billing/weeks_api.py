"""Weekly reconciliation of prepaid packages over the API."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status
from pydantic import Field

from kefu.billing import actions
from kefu.billing.checking import MOST
from kefu.billing.choices import Witness
from kefu.billing.models import Prepaid, PrepaidWeek
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.weeks import reconciled_by, used_in, weeks_listed
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Line, Moment, Nothing, Out
from kefu.kernel.errors import Invalid
from kefu.kernel.ids import ident

router = Router(tags=["billing"])


class FoundIn(In):
    """Units confirmed of a package, by whom, and why they are not what was deducted."""

    prepaid: Ident
    units: Annotated[int, Field(ge=0, le=MOST)]
    witness: Witness = Witness.CUSTOMER
    note: Line | None = None


class WeekIn(In):
    """What was confirmed of every package a place deducted from in the week of a Monday."""

    node: Ident
    monday: Day
    found: Annotated[list[FoundIn], Field(max_length=1000)]


class DroppingIn(In):
    """Why a sheet is dropped."""

    reason: Line


class WeekLineOut(Out):
    """One package: deducted, confirmed, the difference and its note."""

    prepaid: str
    booked: int
    confirmed: int
    difference: int
    witness: Witness
    note: str


class WeekOut(Out):
    """A sheet; `status` is closed, waiting (for a second person), confirmed or dropped."""

    id: str
    number: str
    node: str
    monday: Day
    status: str
    at: Moment
    confirmed_at: Moment | None
    dropped_at: Moment | None
    lines: list[WeekLineOut]


class WeeksFilter(Page):
    """Sheets of the week of a Monday."""

    monday: Day | None = None


@router.get("prepaid-weeks", response={200: Listing[WeekOut], **RESPONSES}, operation_id="prepaid_weeks_list")
@needs(BillingPermission.PREPAID_VIEW)
def list_weeks(request: ApiRequest, query: Query[WeeksFilter]) -> dict[str, object]:
    """Sheets within reach, the newest first, dropped ones too."""
    rows = weeks_listed(request.user, {}, request.at)
    if query.monday is not None:
        rows = rows.filter(monday=query.monday)
    return listing(rows, query, order=("-id",), show=_show)


@router.post("prepaid-weeks", response={201: WeekOut, **RESPONSES}, operation_id="prepaid_weeks_create")
@needs(BillingPermission.PREPAID_RECONCILE)
def create_week(request: ApiRequest, body: WeekIn) -> Status[object]:
    """Reconcile a week; 409 `changed` where the packages named are not those deducted from, `week_closed`, `nothing_to_reconcile`."""
    node = reference(reconciled_by(request.user), body.node, "node", "code", field="node")
    used = [one.prepaid.pk for one in used_in(node.pk, body.monday)]
    visible = Prepaid.objects.filter(pk__in=used)
    found = {
        reference(visible, one.prepaid, "pre", "number", field="found").pk: actions.Found(one.units, one.witness, one.note or "")
        for one in body.found
    }  # fmt: skip
    if len(found) < len(body.found):
        raise Invalid.one("found", "duplicate", _("同一种填了两次"))
    made = actions.reconcile_week(node=node, monday=body.monday, found=found, by=request.user, at=request.at)
    return Status(201, _show(_week(request, made.number)))


@router.get("prepaid-weeks/{week_id}", response={200: WeekOut, **RESPONSES}, operation_id="prepaid_weeks_read")
@needs(BillingPermission.PREPAID_VIEW)
def read_week(request: ApiRequest, week_id: Line) -> dict[str, object]:
    """One sheet."""
    return _show(_week(request, week_id))


@router.post(
    "prepaid-weeks/{week_id}/confirmation", response={200: WeekOut, **RESPONSES}, operation_id="prepaid_weeks_confirm"
)
@needs(BillingPermission.PREPAID_RECONCILE)
def confirm(request: ApiRequest, week_id: Line, body: Nothing) -> dict[str, object]:
    """Confirm a colleague's differences, which settles them; 409 `same_person`, `confirmed`, `dropped`, `no_difference`, `changed`, `not_enough`."""
    actions.confirm_week(week=_week(request, week_id), by=request.user, at=request.at)
    return _show(_week(request, week_id))


@router.post(
    "prepaid-weeks/{week_id}/dropping", response={200: WeekOut, **RESPONSES}, operation_id="prepaid_weeks_drop"
)
@needs(BillingPermission.PREPAID_RECONCILE)
def drop(request: ApiRequest, week_id: Line, body: DroppingIn) -> dict[str, object]:
    """Drop a sheet whose differences are not settled; 409 `confirmed`, `dropped`."""
    actions.drop_week(week=_week(request, week_id), reason=body.reason, by=request.user, at=request.at)
    return _show(_week(request, week_id))


def _week(request: ApiRequest, week_id: str) -> PrepaidWeek:
    return reference(weeks_listed(request.user, {}, request.at), week_id, "pwk", "number")


def _show(week: PrepaidWeek) -> dict[str, object]:
    lines = [
        {"prepaid": one.prepaid.number, "booked": one.booked, "confirmed": one.confirmed, "difference": one.difference, "witness": one.witness,
         "note": one.note}
        for one in week.lines.all()
    ]  # fmt: skip
    return {"id": ident("pwk", week.pk), "number": week.number, "node": week.node.code, "monday": week.monday, "status": week.status,
            "at": week.at, "confirmed_at": week.confirmed_at, "dropped_at": week.dropped_at, "lines": lines}  # fmt: skip
