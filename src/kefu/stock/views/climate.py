"""The climate of the zones: reading it off, its course, and what was outside its bounds (STK-008)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.stock import actions, queries
from kefu.stock.choices import BreachCause, HeldDecision
from kefu.stock.climate_forms import CloseForm, ReadingForm
from kefu.stock.models import ClimateBreach, HeldLot, Warehouse, Zone
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import person, unprocessable

VIEW, LOG = StockPermission.CLIMATE_VIEW, StockPermission.CLIMATE_LOG


def _may_log(request: HttpRequest, warehouse: Warehouse) -> bool:
    return allowed(person(request), LOG, node_id=warehouse.node_id)


@needs(VIEW)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The zones of a warehouse as they are now, and its breaches, newest first."""
    user, at, code = person(request), now(request), request.GET.get("warehouse", "")
    warehouses = list(queries.climate_warehouses(user).select_related("node"))
    own = sorted(warehouses, key=lambda one: one.keeper_id != user.pk)
    warehouse = next((one for one in own if code in ("", one.code)), None)
    if warehouse is None:
        if code:
            raise Http404
        return page(request, "stock/none.html", {})
    breaches = queries.breaches_listed(user, {"warehouse": warehouse.code}, at)
    context = {
        "warehouse": warehouse,
        "warehouses": warehouses,
        "may_log": _may_log(request, warehouse),
        "zones": queries.climate_now(warehouse, at),
        "keyset": Keyset(breaches, order=("-id",), cursor=request.GET.get("after")),
        "export_url": export_url(request, "stock.breaches", warehouse=warehouse.code),
    }
    return page(request, "stock/climate.html", context, partial="rows")


def _zone(request: HttpRequest, pk: int) -> Zone:
    zones = Zone.objects.filter(warehouse__in=queries.climate_warehouses(person(request)))
    return get_object_or_404(zones.select_related("warehouse", "storage"), pk=pk)


def _zone_page(request: HttpRequest, zone: Zone, form: ReadingForm | None = None) -> HttpResponse:
    user, at = person(request), now(request)
    readings = queries.readings_listed(user, {"zone": zone.code}, at)
    context = {
        "zone": zone,
        "days": queries.days_of(zone, at),
        "breaches": zone.breaches.filter(closed_at=None).order_by("pk"),
        "keyset": Keyset(readings, order=("-ended_at", "-id"), cursor=request.GET.get("after")),
        "form": (form or ReadingForm()) if _may_log(request, zone.warehouse) else None,
        "export_url": export_url(request, "stock.readings", zone=zone.code),
    }
    return page(request, "stock/climate_zone.html", context, partial="rows")


@needs(VIEW)
@require_GET
def zone(request: HttpRequest, pk: int) -> HttpResponse:
    """A zone: the extremes of its days within their bounds, and every reading."""
    return _zone_page(request, _zone(request, pk))


@needs(LOG)
@require_POST
def log(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write down what the thermometer shows."""
    place, form = _zone(request, pk), ReadingForm(request.POST)
    if not form.is_valid():
        return unprocessable(_zone_page(request, place, form))
    return act(
        request,
        lambda: actions.log_reading(zone=place, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("读数已记下"),
        to=reverse("stock:climate_zone", args=[place.pk]),
        form=form,
        render=lambda: _zone_page(request, place, form),
    )


def _breach(request: HttpRequest, pk: int) -> ClimateBreach:
    return get_object_or_404(queries.breaches_listed(person(request), {}, now(request)), pk=pk)


def _page(request: HttpRequest, breach: ClimateBreach, form: CloseForm | None = None) -> HttpResponse:
    held = breach.held.select_related("balance__lot", "balance__product", "by").order_by("pk")
    context = {
        "breach": breach,
        "held": held,
        "form": (form or CloseForm())
        if breach.closed_at is None and _may_log(request, breach.zone.warehouse)
        else None,
        "may_decide": allowed(person(request), StockPermission.CLIMATE_DECIDE, node_id=breach.zone.warehouse.node_id),
    }
    return page(request, "stock/breach.html", context)


@needs(VIEW)
@require_GET
def breach(request: HttpRequest, pk: int) -> HttpResponse:
    """A breach: how far outside, what was held, why it is over."""
    return _page(request, _breach(request, pk))


@needs(LOG)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponseBase:
    """It is over, and why."""
    one, form = _breach(request, pk), CloseForm(request.POST)
    if not form.is_valid():
        return unprocessable(_page(request, one, form))
    cause, reason = BreachCause(form.cleaned_data["cause"]), form.cleaned_data["reason"]
    return act(
        request,
        lambda: actions.close_breach(breach=one, cause=cause, reason=reason, by=person(request), at=now(request)),
        success=_("异常已处理"),
        to=reverse("stock:breach", args=[one.pk]),
        form=form,
        render=lambda: _page(request, one, form),
    )


@needs(StockPermission.CLIMATE_DECIDE)
@require_POST
def decide(request: HttpRequest, pk: int, held_id: int) -> HttpResponseBase:
    """What becomes of a held lot."""
    one = _breach(request, pk)
    held = get_object_or_404(HeldLot.objects.select_related("breach__zone__warehouse"), breach=one, pk=held_id)
    choice = request.POST.get("decision", "")
    if choice not in HeldDecision.values:
        raise Http404
    return act(
        request,
        lambda: actions.decide_held(
            held=held, decision=HeldDecision(choice), reason=request.POST.get("reason", "")[:200], by=person(request), at=now(request)
        ),
        success=_("已记下处理"),
        to=reverse("stock:breach", args=[one.pk]),
    )  # fmt: skip
