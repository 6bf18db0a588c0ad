"""The measures of warehouses over the API (STK-009)."""

from __future__ import annotations

from datetime import date

from ninja import Query, Router

from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, In, Out
from kefu.stock import queries
from kefu.stock.permissions import StockPermission

router = Router(tags=["stock"])


class SpanFilter(In):
    """First and last day; this month until today without them."""

    since: date | None = None
    until: date | None = None


class FigureOut(Out):
    """A measure: its value in the unit of the measure (per cent, hours), and of how many lines or slips; null where nothing happened."""

    measure: str
    value: str | None
    of: int


class WarehouseFiguresOut(Out):
    """A warehouse and its measures."""

    warehouse: str
    figures: list[FigureOut]


class MeasuresOut(Out):
    """The span and the warehouses within reach."""

    since: Day
    until: Day
    warehouses: list[WarehouseFiguresOut]


@router.get("stock-measures", response={200: MeasuresOut, **RESPONSES}, operation_id="stock_measures")
@needs(StockPermission.STOCKTAKE_VIEW)
def stock_measures(request: ApiRequest, query: Query[SpanFilter]) -> dict[str, object]:
    """How exact, quick and free of errors the warehouses are."""
    asked = {name: str(day) for name, day in query.dict().items() if day}
    since, until = queries.span_asked(asked, request.at)
    warehouses = list(queries.measured_warehouses(request.user, asked, request.at))
    rows = queries.measured(warehouses, since, until)
    return {"since": since, "until": until, "warehouses": [_show(row) for row in rows]}


def _show(row: queries.WarehouseMeasures) -> dict[str, object]:
    figures = [
        {
            "measure": one.measure.code,
            "value": str(one.figure.value) if one.figure else None,
            "of": one.figure.of if one.figure else 0,
        }
        for one in row.measured
    ]
    return {"warehouse": row.warehouse.code, "figures": figures}
