"""Stocktakes over the API: opening, the list to be counted, counts, explanations, approval (STK-010)."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status
from pydantic import Field

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Ident, In, Moment, Nothing, Out, Text
from kefu.kernel.errors import Invalid
from kefu.kernel.ids import ident, parse_ident
from kefu.products.models import Category
from kefu.stock import actions, queries
from kefu.stock.models import Stocktake, Warehouse
from kefu.stock.permissions import StockPermission

router = Router(tags=["stock"])
STOCKTAKE, LINE = "stk", "stl"


class StocktakeIn(In):
    """What to count: a warehouse, or in it one zone or category, each by its code."""

    warehouse: Ident
    zone: Ident | None = None
    category: Ident | None = None


class StocktakeOut(Out):
    """A stocktake."""

    id: str
    number: str
    warehouse: str
    zone: str | None
    category: str | None
    state: str
    opened_at: Moment
    ended_at: Moment | None


class ProgressOut(StocktakeOut):
    """A stocktake and how far it is."""

    lines: int
    counted: int
    differing: int


class LinesFilter(Page):
    """All lines, or those that differ."""

    differing: bool = False


class CountLineOut(Out):
    """A line to count, without what the book says; `variance` is null until it may be seen."""

    id: str
    product: str
    name: str
    lot: str
    zone: str
    quality: str
    counted: int | None
    variance: int | None
    recount: bool
    explanation: str


class CountIn(In):
    """What was counted on one line."""

    line: Ident
    packs: Annotated[int, Field(ge=0, le=1_000_000)]


class CountsIn(In):
    """What was counted."""

    counts: Annotated[list[CountIn], Field(min_length=1, max_length=1000)]


class ExplanationIn(In):
    """Where the difference of a line comes from."""

    line: Ident
    explanation: Annotated[Text, Field(max_length=200)]


class BadGoodsIn(In):
    """Packs of one line that were found damaged, and how they look."""

    line: Ident
    packs: Annotated[int, Field(ge=1, le=1_000_000)]
    reason: Annotated[Text, Field(max_length=200)]


@router.get("stocktakes", response={200: Listing[StocktakeOut], **RESPONSES}, operation_id="stocktakes_list")
@needs(StockPermission.STOCKTAKE_VIEW)
def list_stocktakes(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """The stocktakes within reach, newest first."""
    return listing(queries.stocktakes_listed(request.user, {}, request.at), query, order=("-id",), show=_show)


@router.post("stocktakes", response={201: ProgressOut, **RESPONSES}, operation_id="stocktakes_create")
@needs(StockPermission.STOCKTAKE_COUNT)
def create_stocktake(request: ApiRequest, body: StocktakeIn) -> Status[dict[str, object]]:
    """Begin a count; issuing goes on."""
    warehouse = reference(Warehouse.objects.visible_to(request.user), body.warehouse, "whs", "code", field="warehouse")
    zone = reference(warehouse.own_zones, body.zone, "zon", "code", field="zone") if body.zone else None
    groups = Category.objects.all()
    category = reference(groups, body.category, "cat", "code", field="category") if body.category else None
    made = actions.open_stocktake(warehouse=warehouse, zone=zone, category=category, by=request.user, at=request.at)
    return Status(201, _show_progress(made))


@router.get("stocktakes/{stocktake_id}", response={200: ProgressOut, **RESPONSES}, operation_id="stocktakes_show")
@needs(StockPermission.STOCKTAKE_VIEW)
def show_stocktake(request: ApiRequest, stocktake_id: str) -> dict[str, object]:
    """A stocktake and how far it is."""
    return _show_progress(_stocktake(request, stocktake_id))


@router.get(
    "stocktakes/{stocktake_id}/lines",
    response={200: Listing[CountLineOut], **RESPONSES},
    operation_id="stocktakes_lines",
)
@needs(StockPermission.STOCKTAKE_VIEW)
def list_lines(request: ApiRequest, stocktake_id: str, query: Query[LinesFilter]) -> dict[str, object]:
    """The count list; differences once they may be seen."""
    sheet = _stocktake(request, stocktake_id)
    asked = {"stocktake": sheet.number, "show": queries.DIFFERING if query.differing else ""}
    rows, tolerated = queries.lines_listed(request.user, asked, request.at), queries.tolerance(sheet, request.at)
    return listing(rows, query, order=("id",), show=lambda line: _show_line(queries.count_row(line, tolerated)))


@router.post(
    "stocktakes/{stocktake_id}/counts", response={200: ProgressOut, **RESPONSES}, operation_id="stocktakes_count"
)
@needs(StockPermission.STOCKTAKE_COUNT)
def count(request: ApiRequest, stocktake_id: str, body: CountsIn) -> dict[str, object]:
    """Keep counts; each is held against the book of this moment."""
    sheet = _stocktake(request, stocktake_id)
    counted = {parse_ident(row.line, LINE) or 0: row.packs for row in body.counts}
    if len(counted) < len(body.counts):
        raise Invalid.one("counts", "duplicate", _("同一行填了两次"))
    actions.count_lines(stocktake=sheet, counted=counted, by=request.user, at=request.at)
    return _show_progress(sheet)


@router.post(
    "stocktakes/{stocktake_id}/explanations",
    response={200: CountLineOut, **RESPONSES},
    operation_id="stocktakes_explain",
)
@needs(StockPermission.STOCKTAKE_COUNT)
def explain(request: ApiRequest, stocktake_id: str, body: ExplanationIn) -> dict[str, object]:
    """Say where a difference comes from."""
    sheet = _stocktake(request, stocktake_id)
    line = reference(
        queries.lines_listed(request.user, {"stocktake": sheet.number}, request.at), body.line, LINE, field="line"
    )
    told = actions.explain(line=line, explanation=body.explanation, by=request.user, at=request.at)
    line.explanation = told.explanation
    return _show_line(queries.count_row(line, queries.tolerance(sheet, request.at)))


@router.post(
    "stocktakes/{stocktake_id}/bad-goods", response={200: ProgressOut, **RESPONSES}, operation_id="stocktakes_bad_goods"
)
@needs(StockPermission.STOCKTAKE_COUNT)
def bad_goods(request: ApiRequest, stocktake_id: str, body: BadGoodsIn) -> dict[str, object]:
    """Goods found damaged while counting go apart and wait to be destroyed."""
    sheet = _stocktake(request, stocktake_id)
    line = reference(
        queries.lines_listed(request.user, {"stocktake": sheet.number}, request.at), body.line, LINE, field="line"
    )
    actions.found_bad(line=line, packs=body.packs, reason=body.reason, by=request.user, at=request.at)
    return _show_progress(sheet)


@router.post(
    "stocktakes/{stocktake_id}/posting", response={200: ProgressOut, **RESPONSES}, operation_id="stocktakes_post"
)
@needs(StockPermission.STOCKTAKE_APPROVE)
def post(request: ApiRequest, stocktake_id: str, body: Nothing) -> dict[str, object]:
    """Approve the counts and book their differences."""
    sheet = _stocktake(request, stocktake_id)
    actions.post_stocktake(stocktake=sheet, by=request.user, at=request.at)
    return _show_progress(_stocktake(request, stocktake_id))


def _stocktake(request: ApiRequest, stocktake_id: str) -> Stocktake:
    return reference(queries.stocktakes_listed(request.user, {}, request.at), stocktake_id, STOCKTAKE)


def _show(row: Stocktake) -> dict[str, object]:
    return {
        "id": ident(STOCKTAKE, row.pk),
        "number": row.number,
        "warehouse": row.warehouse.code,
        "zone": row.zone.code if row.zone else None,
        "category": row.category.code if row.category else None,
        "state": row.state,
        "opened_at": row.at,
        "ended_at": row.ended_at,
    }


def _show_progress(row: Stocktake) -> dict[str, object]:
    told = queries.progress(row)
    return _show(row) | {"lines": told.lines, "counted": told.counted, "differing": told.differing}


def _show_line(row: queries.CountRow) -> dict[str, object]:
    line, balance = row.line, row.line.balance
    return {
        "id": ident(LINE, line.pk),
        "product": balance.product.code,
        "name": balance.product.label,
        "lot": balance.lot.code,
        "zone": balance.zone.code,
        "quality": balance.quality,
        "counted": None if row.recount else line.counted,
        "variance": row.shown,
        "recount": row.recount,
        "explanation": line.explanation,
    }
