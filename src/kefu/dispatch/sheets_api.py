"""The check of yesterday's slips, and the shop's listing, over the API."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query, Router, Status
from pydantic import Field

from kefu.dispatch import actions, queries
from kefu.dispatch.choices import SlipResult
from kefu.dispatch.models import ListingCorrection, SlipLine, SlipSheet
from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Moment, Nothing, Out, Text
from kefu.kernel.ids import ident
from kefu.products.models import Product
from kefu.stock.models import Stocktake, Warehouse

router = Router(tags=["dispatch"])
SHEET = "shs"
Reason = Annotated[Text, Field(max_length=200)]


class SheetIn(In):
    """A day that is over, at a warehouse."""

    warehouse: Ident
    day: Day


class CheckIn(In):
    """What the check of a slip (by its number) found."""

    slip: Ident
    result: Literal["same", "differs"]
    note: Reason = ""


class DifferenceIn(In):
    """How the difference of a slip (by its number) was settled, by which stocktake where there was one."""

    slip: Ident
    reason: Reason
    stocktake: Ident | None = None


class CheckedOut(Out):
    """A slip of the day with what was found."""

    slip: str
    result: str
    note: str
    reason: str
    stocktake: str | None


class SheetOut(Out):
    """The check of a day."""

    id: str
    number: str
    warehouse: str
    day: Day
    state: str
    slips: list[CheckedOut]


class SheetFilter(Page):
    """State."""

    state: Ident | None = None


class ListingIn(In):
    """What the listing of a product is set to."""

    warehouse: Ident
    product: Ident
    packs: Annotated[int, Field(ge=0, le=1_000_000)]
    reason: Reason


class ListingOut(Out):
    """A correction of the listing, beside what the book said."""

    warehouse: str
    product: str
    before: int | None
    packs: int
    book: int
    reason: str
    at: Moment


@router.get("dispatch/sheets", response={200: Listing[SheetOut], **RESPONSES}, operation_id="dispatch_sheets_list")
@needs(DispatchPermission.VIEW)
def list_sheets(request: ApiRequest, query: Query[SheetFilter]) -> dict[str, object]:
    """The checks within reach, newest first."""
    rows = queries.sheets_listed(request.user, {"state": query.state or ""}, request.at)
    return listing(rows.prefetch_related("lines__slip", "lines__stocktake"), query, order=("-id",), show=_show)


@router.post("dispatch/sheets", response={201: SheetOut, **RESPONSES}, operation_id="dispatch_sheets_create")
@needs(DispatchPermission.REGISTER)
def open_sheet(request: ApiRequest, body: SheetIn) -> Status[dict[str, object]]:
    """Begin the check of a day."""
    warehouse = _warehouse(request, body.warehouse)
    return Status(201, _show(actions.open_sheet(warehouse=warehouse, day=body.day, by=request.user, at=request.at)))


@router.post("dispatch/sheets/{sheet_id}/checks", response={200: SheetOut, **RESPONSES}, operation_id="dispatch_sheets_check")  # fmt: skip
@needs(DispatchPermission.REGISTER)
def check(request: ApiRequest, sheet_id: str, body: CheckIn) -> dict[str, object]:
    """A slip agrees, or does not."""
    line = _line(request, sheet_id, body.slip)
    actions.check_slip(line=line, result=SlipResult(body.result), note=body.note, by=request.user, at=request.at)
    return _show(_sheet(request, sheet_id))


@router.post("dispatch/sheets/{sheet_id}/settlements", response={200: SheetOut, **RESPONSES}, operation_id="dispatch_sheets_settle")  # fmt: skip
@needs(DispatchPermission.REGISTER)
def settle(request: ApiRequest, sheet_id: str, body: DifferenceIn) -> dict[str, object]:
    """A difference was settled."""
    line = _line(request, sheet_id, body.slip)
    counts = Stocktake.objects.filter(warehouse=line.sheet.warehouse_id)
    stocktake = reference(counts, body.stocktake, "stk", "number", field="stocktake") if body.stocktake else None
    actions.settle_difference(line=line, reason=body.reason, stocktake=stocktake, by=request.user, at=request.at)
    return _show(_sheet(request, sheet_id))


@router.post("dispatch/sheets/{sheet_id}/posting", response={200: SheetOut, **RESPONSES}, operation_id="dispatch_sheets_post")  # fmt: skip
@needs(DispatchPermission.REGISTER)
def post(request: ApiRequest, sheet_id: str, body: Nothing) -> dict[str, object]:
    """The second look, by somebody who checked nothing on it."""
    return _show(actions.post_sheet(sheet=_sheet(request, sheet_id), by=request.user, at=request.at))


@router.get("dispatch/listing", response={200: Listing[ListingOut], **RESPONSES}, operation_id="dispatch_listing_list")
@needs(DispatchPermission.VIEW)
def list_corrections(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """Corrections of the shop's listing, newest first."""
    return listing(queries.corrections_listed(request.user, {}, request.at), query, order=("-id",), show=_show_listing)


@router.post(
    "dispatch/listing", response={200: ListingOut | None, **RESPONSES}, operation_id="dispatch_listing_correct"
)
@needs(DispatchPermission.REGISTER)
def correct(request: ApiRequest, body: ListingIn) -> dict[str, object] | None:
    """Record what the listing of a product is set to; null where it says so already."""
    product = reference(Product.objects.all(), body.product, "prd", "code", field="product")
    made = actions.correct_listing(
        warehouse=_warehouse(request, body.warehouse), product=product, packs=body.packs, reason=body.reason, by=request.user, at=request.at
    )  # fmt: skip
    return _show_listing(made) if made else None


def _warehouse(request: ApiRequest, text: str) -> Warehouse:
    mine = Warehouse.objects.filter(scope(request.user, DispatchPermission.REGISTER, node="node_id"), active=True)
    return reference(mine, text, "whs", "code", field="warehouse")


def _sheet(request: ApiRequest, sheet_id: str) -> SlipSheet:
    return reference(queries.sheets_listed(request.user, {}, request.at), sheet_id, SHEET)


def _line(request: ApiRequest, sheet_id: str, slip: str) -> SlipLine:
    lines = _sheet(request, sheet_id).lines.select_related("sheet__warehouse", "slip")
    return reference(lines, slip, "shl", "slip__number", field="slip")


def _show(row: SlipSheet) -> dict[str, object]:
    return {
        "id": ident(SHEET, row.pk), "number": row.number, "warehouse": row.warehouse.code, "day": row.day, "state": row.state,
        "slips": [
            {
                "slip": line.slip.number, "result": line.result, "note": line.note, "reason": line.reason,
                "stocktake": line.stocktake.number if line.stocktake else None,
            }
            for line in row.lines.all()
        ],
    }  # fmt: skip


def _show_listing(row: ListingCorrection) -> dict[str, object]:
    return {
        "warehouse": row.warehouse.code, "product": row.product.code, "before": row.before, "packs": row.packs, "book": row.book,
        "reason": row.reason, "at": row.at,
    }  # fmt: skip
