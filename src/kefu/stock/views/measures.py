"""How exact, quick and free of errors the warehouses are (STK-009)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import now, page
from kefu.stock import queries
from kefu.stock.measuring import registered_measures
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import person


@needs(StockPermission.STOCKTAKE_VIEW)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Every measure of every warehouse within reach, over the days asked for."""
    asked = {name: request.GET.get(name, "") for name in ("since", "until")}
    since, until = queries.span_asked(asked, now(request))
    warehouses = list(queries.measured_warehouses(person(request), asked, now(request)))
    context = {
        "since": since,
        "until": until,
        "measures": registered_measures(),
        "rows": queries.measured(warehouses, since, until),
        "export_url": export_url(request, "stock.measures"),
    }
    return page(request, "stock/measures.html", context)
