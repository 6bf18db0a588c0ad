"""Goods that carriers bring back, over the API."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status
from pydantic import Field

from kefu.dispatch import actions, queries
from kefu.dispatch.models import Back
from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Line, Moment, Nothing, Out
from kefu.kernel.errors import Invalid
from kefu.kernel.ids import ident
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission

router = Router(tags=["dispatch"])
BACK, ISSUED = "bck", "isl"
KEEP = (StockPermission.BRANCH_KEEP, StockPermission.CENTRAL_KEEP)


class BackIn(In):
    """Goods that wait with a company or at a coach, of an order by its number or of none."""

    warehouse: Ident
    pickup_address: Line
    phone: Line
    goods: Line
    company: Line = ""
    plate: Line = ""
    waybill: Line = ""
    order: Line = ""


class BookedIn(In):
    """Packs of a line of an issue slip."""

    line: Ident
    packs: Annotated[int, Field(ge=1, le=1_000_000)]


class BackReceiptIn(In):
    """What came back; no lines for goods of no order."""

    lines: Annotated[list[BookedIn], Field(max_length=200)] = []


class IssuedOut(Out):
    """A line of an issue slip of which packs may come back."""

    id: str
    product: str
    lot: str
    packs: int


class BackOut(Out):
    """Goods brought back; `returnable` are the lines a receipt may name."""

    id: str
    number: str
    warehouse: str
    company: str
    plate: str
    waybill: str
    pickup_address: str
    phone: str
    goods: str
    order: str | None
    state: str
    collect_by: Day
    collected_by: str | None
    collected_at: Moment | None
    returnable: list[IssuedOut]


class BackFilter(Page):
    """State, or `open`."""

    state: Ident | None = None


@router.get("dispatch/returns", response={200: Listing[BackOut], **RESPONSES}, operation_id="dispatch_returns_list")
@needs(DispatchPermission.VIEW)
def list_backs(request: ApiRequest, query: Query[BackFilter]) -> dict[str, object]:
    """Goods that carriers bring back, newest first; without what may be booked in."""
    rows = queries.backs_listed(request.user, {"state": query.state or ""}, request.at)
    return listing(rows, query, order=("-id",), show=lambda row: _show(row, []))


@router.post("dispatch/returns", response={201: BackOut, **RESPONSES}, operation_id="dispatch_returns_create")
@needs(DispatchPermission.REGISTER)
def create_back(request: ApiRequest, body: BackIn) -> Status[dict[str, object]]:
    """Register goods that wait with a carrier; the dispatch department is told."""
    mine = Warehouse.objects.filter(scope(request.user, DispatchPermission.REGISTER, node="node_id"), active=True)
    warehouse = reference(mine, body.warehouse, "whs", "code", field="warehouse")
    given = body.model_dump(exclude={"warehouse"})
    made = actions.register_back(warehouse=warehouse, **given, by=request.user, at=request.at)
    return Status(201, _whole(made))


@router.get("dispatch/returns/{return_id}", response={200: BackOut, **RESPONSES}, operation_id="dispatch_returns_read")
@needs(DispatchPermission.VIEW)
def read_back(request: ApiRequest, return_id: str) -> dict[str, object]:
    """One of them."""
    return _whole(_back(request, return_id))


@router.post("dispatch/returns/{return_id}/collection", response={200: BackOut, **RESPONSES}, operation_id="dispatch_returns_collect")  # fmt: skip
@needs(DispatchPermission.REGISTER)
def collect_back(request: ApiRequest, return_id: str, body: Nothing) -> dict[str, object]:
    """The caller has collected the goods and signs for it."""
    return _whole(actions.collect_back(back=_back(request, return_id), by=request.user, at=request.at))


@router.post("dispatch/returns/{return_id}/receipt", response={200: BackOut, **RESPONSES}, operation_id="dispatch_returns_receive")  # fmt: skip
@needs(*KEEP)
def receive_back(request: ApiRequest, return_id: str, body: BackReceiptIn) -> dict[str, object]:
    """The keeper books the goods in, into quarantine."""
    back = _back(request, return_id)
    lines = queries.returnable(back)
    packs = {reference(lines, one.line, ISSUED, field="lines").pk: one.packs for one in body.lines}
    if len(packs) < len(body.lines):
        raise Invalid.one("lines", "twice", _("同一行写了两次，请合并"))
    return _whole(actions.receive_back(back=back, packs=packs, by=request.user, at=request.at))


def _back(request: ApiRequest, return_id: str) -> Back:
    return reference(queries.backs_listed(request.user, {}, request.at), return_id, BACK)


def _whole(row: Back) -> dict[str, object]:
    issued = [
        {
            "id": ident(ISSUED, one.pk),
            "product": one.lot.product.code,
            "lot": one.lot.code,
            "packs": one.packs - one.returned,
        }
        for one in queries.returnable(row)
    ]
    return _show(row, issued)


def _show(row: Back, issued: list[dict[str, object]]) -> dict[str, object]:
    same = (
        "number",
        "company",
        "plate",
        "waybill",
        "pickup_address",
        "phone",
        "goods",
        "state",
        "collect_by",
        "collected_at",
    )
    return {
        "id": ident(BACK, row.pk),
        "warehouse": row.warehouse.code,
        **{name: getattr(row, name) for name in same},
        "order": row.purchase.number if row.purchase else None,
        "collected_by": row.collected_by.job_number if row.collected_by else None,
        "returnable": issued,
    }
