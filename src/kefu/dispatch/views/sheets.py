"""Yesterday's slips, checked one by one and posted by somebody else; the shop's listing (STK-021)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers.scopes import in_use
from kefu.dispatch import actions, queries
from kefu.dispatch.choices import SheetState, SlipResult
from kefu.dispatch.forms import CheckForm, ListingForm, SettleForm
from kefu.dispatch.models import SlipLine, SlipSheet
from kefu.dispatch.views.reaching import REGISTER, VIEW, again, chosen, warehouses
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.stock.models import Stocktake
from kefu.stock.views.places import person


@needs(VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The checks within reach, and the days nobody has checked."""
    user, asked = person(request), {name: request.GET.get(name, "") for name in ("state", "warehouse")}
    words = {"": _("全部")} | dict(SheetState.choices)
    keyset = Keyset(queries.sheets_listed(user, asked, now(request)), order=("-id",), cursor=request.GET.get("after"))
    context = asked | {
        "keyset": keyset,
        "missing": queries.days_unchecked(user, now(request)),
        "options": [Option(words[one], f"?state={one}", pressed=asked["state"] == one) for one in ("", *SheetState.values)],
        "export_url": export_url(request, "dispatch.sheets", **asked),
    }  # fmt: skip
    return page(request, "dispatch/sheets.html", context, partial="rows")


@needs(REGISTER)
@require_POST
def begin(request: HttpRequest) -> HttpResponseBase:
    """Begin the check of a day."""
    warehouse, day = chosen(request, REGISTER), queries.day_of(request.POST, now(request))
    return act(
        request, lambda: actions.open_sheet(warehouse=warehouse, day=day, by=person(request), at=now(request)),
        success=_("出库单列好了，一张一张核对"), to=lambda made: _url(made) if made else reverse("dispatch:sheets"),
    )  # fmt: skip


def _url(sheet: SlipSheet) -> str:
    return reverse("dispatch:sheet", args=[sheet.pk])


def _sheet(request: HttpRequest, pk: int) -> SlipSheet:
    return get_object_or_404(queries.sheets_listed(person(request), {}, now(request)), pk=pk)


def _line(request: HttpRequest, pk: int, line: int) -> SlipLine:
    return get_object_or_404(_sheet(request, pk).lines.select_related("sheet__warehouse", "slip"), pk=line)


def _page(
    request: HttpRequest, sheet: SlipSheet, form: CheckForm | SettleForm | None = None, wrong: int = 0
) -> HttpResponse:
    user, at = person(request), now(request)
    may = allowed(user, REGISTER, node_id=sheet.warehouse.node_id) and sheet.state == SheetState.OPEN
    named = ("slip__customer", "slip__by", "checked_by", "settled_by", "stocktake")
    lines = list(sheet.lines.select_related(*named).prefetch_related("slip__lines__lot__product"))
    seen = set(sheet.lines.filter(in_use(user, "slip__customer__")).values_list("pk", flat=True))
    context = {
        "sheet": sheet,
        "lines": [(line, line.pk in seen) for line in lines],
        "goods": queries.goods_of(sheet, at),
        "may_check": may,
        "may_post": may and sheet.by_id != user.pk and all(line.done and line.checked_by_id != user.pk for line in lines),
        "stocktakes": Stocktake.objects.filter(warehouse=sheet.warehouse).order_by("-pk")[:10] if may else [],
        "form": form,
        "wrong": wrong,
    }  # fmt: skip
    return page(request, "dispatch/sheet.html", context)


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The slips of a day, what was found, and how book and listing stand."""
    return _page(request, _sheet(request, pk))


@needs(REGISTER)
@require_POST
def check(request: HttpRequest, pk: int, line: int) -> HttpResponseBase:
    """A slip agrees, or does not."""
    row, form = _line(request, pk, line), CheckForm(request.POST)

    def render() -> HttpResponse:
        return _page(request, _sheet(request, pk), form, row.pk)

    if not form.is_valid():
        return again(render())
    given = form.cleaned_data | {"result": SlipResult(form.cleaned_data["result"])}
    return act(
        request, lambda: actions.check_slip(line=row, **given, by=person(request), at=now(request)), success=_("已核对"),
        to=_url(row.sheet), form=form, render=render,
    )  # fmt: skip


@needs(REGISTER)
@require_POST
def settle(request: HttpRequest, pk: int, line: int) -> HttpResponseBase:
    """A difference was settled."""
    row = _line(request, pk, line)
    form = SettleForm(request.POST, stocktakes=Stocktake.objects.filter(warehouse=row.sheet.warehouse_id))

    def render() -> HttpResponse:
        return _page(request, _sheet(request, pk), form, row.pk)

    if not form.is_valid():
        return again(render())
    return act(
        request, lambda: actions.settle_difference(line=row, **form.cleaned_data, by=person(request), at=now(request)), success=_("差异已处理"),
        to=_url(row.sheet), form=form, render=render,
    )  # fmt: skip


@needs(REGISTER)
@require_POST
def post(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The second look."""
    sheet = _sheet(request, pk)
    return act(request, lambda: actions.post_sheet(sheet=sheet, by=person(request), at=now(request)), success=_("已复核入账"), to=_url(sheet))  # fmt: skip


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def corrections(request: HttpRequest) -> HttpResponseBase:
    """What the shop's listing was set to, and setting it."""
    user, asked = person(request), {"q": request.GET.get("q", "")}
    keeps = warehouses(request, REGISTER)
    form = ListingForm(request.POST or None) if keeps else None

    def render() -> HttpResponse:
        rows = queries.corrections_listed(user, asked, now(request))
        context = asked | {
            "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
            "form": form,
            "keeps": keeps,
            "warehouse": request.POST.get("warehouse", ""),
            "export_url": export_url(request, "dispatch.listing", **asked),
        }
        return page(request, "dispatch/listing.html", context, partial="rows")

    if request.method == "GET":
        return render()
    warehouse = chosen(request, REGISTER)
    if form is None or not form.is_valid():
        return again(render())
    return act(
        request, lambda: actions.correct_listing(warehouse=warehouse, **form.cleaned_data, by=user, at=now(request)),
        success=_("上架数量已记下"), to=reverse("dispatch:listing"), form=form, render=render,
    )  # fmt: skip
