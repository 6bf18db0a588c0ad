"""Opening warehouses and naming their keepers: the administrator's page."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.ui.http import act, now, page
from kefu.products.models import StorageClass
from kefu.stock.actions import ZonePlan, appoint_keeper, open_warehouse
from kefu.stock.choices import ZonePurpose
from kefu.stock.forms import KeeperForm, WarehouseForm
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import person, unprocessable


def _page(request: HttpRequest, form: WarehouseForm) -> HttpResponse:
    warehouses = Warehouse.objects.select_related("node", "keeper").prefetch_related("zones__storage")
    return page(request, "stock/warehouses.html", {"warehouses": warehouses, "form": form})


@needs(StockPermission.WAREHOUSE_OPEN)
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """All warehouses with zones and keepers; a new one gets a zone for each climate and one for quarantine (STK-008)."""
    if request.method == "GET":
        return _page(request, WarehouseForm())
    form = WarehouseForm(request.POST)
    if not form.is_valid():
        return unprocessable(_page(request, form))
    given = form.cleaned_data
    return act(
        request,
        lambda: open_warehouse(**given, zones=_zones(given["code"]), by=person(request), at=now(request)),
        success=_("库房已建好"),
        to=reverse("stock:warehouses"),
        form=form,
        render=lambda: _page(request, form),
    )


def _zones(code: str) -> Sequence[ZonePlan]:
    climates = list(StorageClass.objects.all())
    plans = [ZonePlan(f"{code}-{one.code[:1].upper()}", one.zh, one, en=one.en) for one in climates]
    return plans + [
        ZonePlan(f"{code}-Q", "待处理区（隔离）", one, en="Quarantine", purpose=ZonePurpose.QUARANTINE)
        for one in climates[:1]
    ]


@needs(StockPermission.WAREHOUSE_OPEN)
@require_POST
def keeper(request: HttpRequest, code: str) -> HttpResponseBase:
    """Name the keeper of a warehouse."""
    warehouse, form = get_object_or_404(Warehouse, code=code), KeeperForm(request.POST)
    if not form.is_valid():
        return unprocessable(_page(request, WarehouseForm()))
    return act(
        request,
        lambda: appoint_keeper(
            warehouse=warehouse, keeper=form.cleaned_data["keeper"], by=person(request), at=now(request)
        ),
        success=_("库管已更新"),
        to=reverse("stock:warehouses"),
    )
