"""Stocktakes: opening, counting blind, explaining, approving (STK-010)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.audit.trail import Subject
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.stock import actions, queries
from kefu.stock.choices import StocktakeState
from kefu.stock.destruction_forms import BadForm
from kefu.stock.documents import COUNT_LIST
from kefu.stock.models import Stocktake, StocktakeLine
from kefu.stock.permissions import StockPermission
from kefu.stock.stocktake_forms import DropForm, FoundForm, StocktakeForm, counts_in
from kefu.stock.views.places import needed, person, unprocessable

VIEW, COUNT, APPROVE = (
    StockPermission.STOCKTAKE_VIEW,
    StockPermission.STOCKTAKE_COUNT,
    StockPermission.STOCKTAKE_APPROVE,
)
LINES = 50


@needs(VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The stocktakes within reach, newest first."""
    user = person(request)
    keyset = Keyset(queries.stocktakes_listed(user, {}, now(request)), order=("-id",), cursor=request.GET.get("after"))
    context = {
        "keyset": keyset,
        "may_count": allowed(user, COUNT),
        "export_url": export_url(request, "stock.stocktakes"),
    }
    return page(request, "stock/stocktakes.html", context, partial="rows")


@needs(COUNT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Open a stocktake of a warehouse, a zone or a category."""
    warehouse = needed(request)
    form = StocktakeForm(request.POST or None, warehouse=warehouse)

    def again() -> HttpResponse:
        return page(request, "stock/stocktake_new.html", {"form": form, "warehouse": warehouse})

    if request.method == "GET":
        return again()
    if not form.is_valid():
        return unprocessable(again())
    return act(
        request,
        lambda: actions.open_stocktake(warehouse=warehouse, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("盘点单已开，可以开始盘"),
        to=lambda made: _url(made),
        form=form,
        render=again,
    )


def _url(stocktake: Stocktake) -> str:
    return reverse("stock:stocktake", args=[stocktake.pk])


def _stocktake(request: HttpRequest, pk: int) -> Stocktake:
    return get_object_or_404(queries.stocktakes_listed(person(request), {}, now(request)), pk=pk)


def _page(
    request: HttpRequest, stocktake: Stocktake, found: KefuForm | None = None, bad: KefuForm | None = None
) -> HttpResponse:
    user, at, asked = person(request), now(request), {name: request.GET.get(name, "") for name in ("show", "q")}
    lines = queries.lines_listed(user, asked | {"stocktake": stocktake.number}, at)
    keyset = Keyset(lines, order=("id",), size=LINES, cursor=request.GET.get("after"))
    open_now = stocktake.state == StocktakeState.COUNTING
    may_count, may_approve = (
        open_now and allowed(user, right, node_id=stocktake.warehouse.node_id) for right in (COUNT, APPROVE)
    )
    context = asked | {
        "stocktake": stocktake,
        "progress": queries.progress(stocktake),
        "keyset": keyset,
        "rows": queries.count_rows(keyset.rows, user, at),
        "may_count": may_count,
        "may_approve": may_approve,
        "found_form": (found or FoundForm(warehouse=stocktake.warehouse)) if may_count else None,
        "bad_form": (bad or BadForm(stocktake=stocktake, auto_id="bad_%s")) if may_count else None,
        "drop_form": DropForm(auto_id="drop_%s") if may_count else None,
        "export_url": export_url(request, "stock.count_lines", stocktake=stocktake.number),
    }
    return page(request, "stock/stocktake.html", context, partial="rows")


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The count list without book quantities; differences once they may be seen."""
    return _page(request, _stocktake(request, pk))


def _do(request: HttpRequest, stocktake: Stocktake, write: Callable[[], object], said: object) -> HttpResponseBase:
    back = request.POST.get("back", "")
    to = _url(stocktake) + (f"?show={queries.DIFFERING}" if back == queries.DIFFERING else "")
    return act(request, write, success=said, to=to)


@needs(COUNT)
@require_POST
def count(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep what was counted."""
    one = _stocktake(request, pk)
    given = counts_in(request.POST.dict())
    return _do(
        request, one,
        lambda: actions.count_lines(stocktake=one, counted=given, by=person(request), at=now(request)), _("实数已记下"),
    )  # fmt: skip


@needs(COUNT)
@require_POST
def explain(request: HttpRequest, pk: int, line_id: int) -> HttpResponseBase:
    """Say where a difference comes from."""
    one = _stocktake(request, pk)
    lines = StocktakeLine.objects.select_related("stocktake__warehouse")
    line, words = get_object_or_404(lines, stocktake=one, pk=line_id), request.POST.get("explanation", "")[:200]
    return _do(
        request, one, lambda: actions.explain(line=line, explanation=words, by=person(request), at=now(request)), _("说明已记下")
    )  # fmt: skip


@needs(COUNT)
@require_POST
def found(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A lot that lies where the book has none."""
    one = _stocktake(request, pk)
    form = FoundForm(request.POST, warehouse=one.warehouse)
    if not form.is_valid():
        return unprocessable(_page(request, one, form))
    return act(
        request,
        lambda: actions.add_found(stocktake=one, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("已加到单上"),
        to=_url(one),
        form=form,
        render=lambda: _page(request, one, form),
    )


@needs(COUNT)
@require_POST
def bad(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Goods found damaged while counting go apart and wait to be destroyed (STK-011)."""
    one = _stocktake(request, pk)
    form = BadForm(request.POST, stocktake=one, auto_id="bad_%s")

    def again() -> HttpResponse:
        return _page(request, one, bad=form)

    if not form.is_valid():
        return unprocessable(again())
    return act(
        request,
        lambda: actions.found_bad(**form.cleaned_data, by=person(request), at=now(request)),
        success=_("已隔离，可以申请销毁"),
        to=_url(one),
        form=form,
        render=again,
    )


@needs(APPROVE)
@require_POST
def post(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Approve and book the differences."""
    one = _stocktake(request, pk)
    return _do(
        request, one, lambda: actions.post_stocktake(stocktake=one, by=person(request), at=now(request)), _("盘点已入账")
    )  # fmt: skip


@needs(COUNT)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the count up."""
    one, reason = _stocktake(request, pk), request.POST.get("reason", "")[:200]
    return _do(
        request, one, lambda: actions.drop_stocktake(stocktake=one, reason=reason, by=person(request), at=now(request)), _("盘点单已作废")
    )  # fmt: skip


@needs(VIEW)
@require_POST
def printout(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Print the count list, without book quantities."""
    one = _stocktake(request, pk)
    return act(
        request,
        lambda: print_document(
            code=COUNT_LIST, subject=Subject(COUNT_LIST, one.pk), customer_id=None, by=person(request), at=now(request)
        ),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )
