"""One lot on its shelf: counting, quality, zone, exchange."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import act, now, page
from kefu.stock import actions, queries
from kefu.stock.choices import Quality
from kefu.stock.forms import CountForm, ExchangeForm, QualityForm, ZoneForm
from kefu.stock.models import Balance, Lot, Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import may_keep, needed, person, unprocessable
from kefu.stock.views.presentation import left_words, status_of

KEEP = (StockPermission.BRANCH_KEEP, StockPermission.CENTRAL_KEEP)
VIEW = (StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)
MOVES = 20


def _balance(request: HttpRequest, pk: int) -> Balance:
    rows = Balance.objects.filter(warehouse__in=Warehouse.objects.visible_to(person(request)))
    related = ("warehouse__node", "zone__warehouse", "lot", "product__storage")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def _url(balance: Balance) -> str:
    return reverse("stock:balance", args=[balance.pk])


def _page(request: HttpRequest, balance: Balance, **forms: KefuForm) -> HttpResponse:
    days = queries.days(balance.warehouse, now(request))
    gone = queries.destroyed_packs([balance.pk])[balance.pk]
    zones = balance.warehouse.own_zones.exclude(pk=balance.zone_id)
    context = {
        "balance": balance,
        "destroyed": gone,
        "status": status_of(balance, days.band(balance.lot.expiry), days),
        "left": left_words(days.left(balance.lot.expiry)),
        "moves": balance.moves.select_related("by").order_by("-pk")[:MOVES],
        "may_keep": may_keep(person(request), balance.warehouse),
        "may_recall": not balance.lot.recalled and allowed(person(request), StockPermission.LOT_RECALL),
        "count_form": CountForm(initial={"seen": balance.quantity - gone}),
        "quality_form": QualityForm(),
        "zone_form": ZoneForm(zones=zones),
        "exchange_form": ExchangeForm(),
    }
    return page(request, "stock/balance.html", context | forms)


@needs(*VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A lot in its zone, its last moves, and what the keeper may do."""
    return _page(request, _balance(request, pk))


def _write(
    request: HttpRequest, balance: Balance, name: str, form: KefuForm, write: Callable[[], object], said: object
) -> HttpResponseBase:
    def again() -> HttpResponse:
        return _page(request, balance, **{name: form})

    if not form.is_valid():
        return unprocessable(again())
    return act(request, write, success=said, to=_url(balance), form=form, render=again)


@needs(*KEEP)
@require_POST
def count(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Correct the book by a count (STK-009)."""
    balance, form = _balance(request, pk), CountForm(request.POST)
    return _write(
        request, balance, "count_form", form,
        lambda: actions.adjust(balance=balance, **form.cleaned_data, by=person(request), at=now(request)),
        _("库存已调整"),
    )  # fmt: skip


@needs(*KEEP)
@require_POST
def quality(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put packs into another state (STK-009)."""
    balance, form = _balance(request, pk), QualityForm(request.POST)

    def write() -> Balance:
        given = form.cleaned_data
        return actions.change_quality(
            balance=balance, packs=given["packs"], quality=Quality(given["quality"]), reason=given["reason"],
            by=person(request), at=now(request),
        )  # fmt: skip

    return _write(request, balance, "quality_form", form, write, _("质量状态已改"))


@needs(*KEEP)
@require_POST
def zone(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Move packs to another zone (STK-008)."""
    balance = _balance(request, pk)
    form = ZoneForm(request.POST, zones=balance.warehouse.own_zones.exclude(pk=balance.zone_id))
    return _write(
        request, balance, "zone_form", form,
        lambda: actions.move_zone(balance=balance, **form.cleaned_data, by=person(request), at=now(request)),
        _("已移库"),
    )  # fmt: skip


@needs(*KEEP)
@require_POST
def exchange(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Exchange packs for a fresher lot (STK-014)."""
    balance, form = _balance(request, pk), ExchangeForm(request.POST)
    return _write(
        request, balance, "exchange_form", form,
        lambda: actions.exchange(balance=balance, **form.cleaned_data, by=person(request), at=now(request)),
        _("已换货"),
    )  # fmt: skip


@needs(*KEEP)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Somebody looked at a slow lot (STK-014)."""
    warehouse = needed(request)
    lot = get_object_or_404(Lot.objects.filter(balances__warehouse=warehouse).distinct(), pk=pk)
    note = request.POST.get("note", "")
    return act(
        request,
        lambda: actions.check_lot(warehouse=warehouse, lot=lot, note=note, by=person(request), at=now(request)),
        success=_("已记下检查情况"),
        to=f"{reverse('stock:slow')}?warehouse={warehouse.code}",
    )
