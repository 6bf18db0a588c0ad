"""What lies in a warehouse: by product and lot, by expiry, and one product's card with its moves."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, now, page
from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import chosen, may_keep, needed, person
from kefu.stock.views.presentation import band_views, filters, left_words, product_views, status_of

PRODUCTS = 30
MOVES = 50


@needs(StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """A warehouse's lots, searched and filtered; products in order of code, lots in their order of leaving (STK-014)."""
    return _list(request, chosen(request))


@needs(StockPermission.CENTRAL_VIEW)
@require_GET
def central(request: HttpRequest) -> HttpResponse:
    """The same for the central warehouse."""
    return _list(request, chosen(request, central=True))


def _list(request: HttpRequest, warehouse: Warehouse | None) -> HttpResponse:
    user, at = person(request), now(request)
    if warehouse is None:
        return page(request, "stock/none.html", {})
    asked = {name: request.GET.get(name, "") for name in ("band", "quality", "zone", "q")}
    rows = queries.balances(warehouse, at, band=asked["band"], quality=asked["quality"], zone=asked["zone"])
    products = queries.products_in(rows, asked["q"])
    keyset = Keyset(products, order=("code",), size=PRODUCTS, cursor=request.GET.get("after"))
    days, overview = queries.days(warehouse, at), queries.overview(warehouse, at)
    base = urlencode({"warehouse": warehouse.code} | {k: v for k, v in asked.items() if v and k in ("zone", "q")})
    context = asked | {
        "warehouse": warehouse,
        "warehouses": Warehouse.objects.visible_to(user).filter(active=True),
        "zones": warehouse.own_zones,
        "overview": overview,
        "bands": band_views(overview, days),
        "options": filters(overview, days, asked["band"], asked["quality"], base),
        "keyset": keyset,
        "products": product_views(queries.product_rows(warehouse, keyset.rows, rows, at), days),
        "may_keep": may_keep(user, warehouse),
        "export_url": export_url(request, "stock.lots", warehouse=warehouse.code),
    }
    return page(request, "stock/list.html", context, partial="rows")


@needs(StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)
@require_GET
def product(request: HttpRequest, code: str) -> HttpResponse:
    """A product's lots in every warehouse within reach, and its moves, newest first."""
    shown, at = get_object_or_404(Product.objects.select_related("storage", "category"), code=code), now(request)
    warehouses = Warehouse.objects.visible_to(person(request)).select_related("node")
    held = [
        (
            warehouse,
            queries.days(warehouse, at),
            queries.product_rows(warehouse, [shown], queries.balances(warehouse, at), at),
        )
        for warehouse in warehouses.filter(balances__product=shown, balances__quantity__gt=0).distinct()
    ]
    context = {
        "product": shown,
        "places": [(warehouse, product_views(rows, days)[0]) for warehouse, days, rows in held],
        "keyset": Keyset(
            queries.moves_listed(person(request), {"product": code}, at),
            order=("-id",),
            size=MOVES,
            cursor=request.GET.get("after"),
        ),
        "export_url": export_url(request, "stock.moves", product=code),
    }
    return page(request, "stock/product.html", context, partial="rows")


@needs(StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)
@require_GET
def slow(request: HttpRequest) -> HttpResponse:
    """Lots near their end that will not be sold in time (STK-014)."""
    warehouse, at = needed(request), now(request)
    days = queries.days(warehouse, at)
    rows = [
        (one, status_of(one.balance, one.band, days), left_words(one.days_left))
        for one in queries.slow_lots(warehouse, at)
    ]
    context = {"warehouse": warehouse, "rows": rows, "days": days, "may_keep": may_keep(person(request), warehouse)}
    context["export_url"] = export_url(request, "stock.slow", warehouse=warehouse.code)
    return page(request, "stock/slow.html", context)
