"""Pages of prices that hold for a time or at a place, and of the printed product list (PRD-014, RPT-008)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, page
from kefu.foundation.ui.inputs import Option
from kefu.products import actions, queries
from kefu.products.models import PricePeriod
from kefu.products.permissions import ProductsPermission
from kefu.products.price_forms import EndForm, ListForm, PeriodForm
from kefu.products.views.entries import unprocessable
from kefu.products.views.goods import product_named, product_page, product_url

VIEW, EDIT = ProductsPermission.CATALOGUE_VIEW, ProductsPermission.CATALOGUE_EDIT


@needs(VIEW)
@require_GET
def listing(request: StaffRequest) -> HttpResponse:
    """Prices that hold for a time or at a place: now and to come, or all there were."""
    show = request.GET.get("show", "")
    asked = {"show": "" if show == "all" else "current", "product": request.GET.get("product", "")}
    rows = queries.periods_listed(request.user, asked, request.at)
    options = [
        Option(_("现在和将来"), "?", pressed=show != "all"),
        Option(_("全部"), "?show=all", pressed=show == "all"),
    ]
    context = {
        "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
        "options": options,
        "may_edit": allowed(request.user, EDIT),
        "today": timezone.localdate(request.at),
        "export_url": export_url(request, "products.periods", **asked),
    }
    return page(request, "products/periods.html", context, partial="rows")


@needs(EDIT)
@require_POST
def period(request: StaffRequest, code: str) -> HttpResponseBase:
    """Set a price for some days."""
    product, form = product_named(code), PeriodForm(request.POST)

    def again() -> HttpResponse:
        return product_page(request, product, period_form=form)

    if not form.is_valid():
        return unprocessable(again())
    return act(
        request, lambda: actions.set_price(product=product, **form.cleaned_data, by=request.user, at=request.at),
        success=_("价格已定，到期自动生效"), to=product_url(code), form=form, render=again,
    )  # fmt: skip


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def ending(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Let a price hold no longer."""
    found = get_object_or_404(PricePeriod.objects.select_related("product", "node"), pk=pk)
    form = EndForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate(request.at)})
    back = product_url(found.product.code)

    def again() -> HttpResponse:
        return page(request, "products/ending.html", {"form": form, "period": found, "back": back})

    if request.method == "GET":
        return again()
    if not form.is_valid():
        return unprocessable(again())
    return act(
        request, lambda: actions.end_price(period=found, **form.cleaned_data, by=request.user, at=request.at),
        success=_("已提前结束，以前的单子不变"), to=back, form=form, render=again,
    )  # fmt: skip


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def product_list(request: StaffRequest) -> HttpResponseBase:
    """Print the products on sale with their prices of a day and their barcodes."""
    form = ListForm(request.POST if request.method == "POST" else None, initial={"day": timezone.localdate(request.at)})

    def again() -> HttpResponse:
        return page(request, "products/list_print.html", {"form": form})

    if request.method == "GET":
        return again()
    if not form.is_valid():
        return unprocessable(again())
    return act(
        request, lambda: actions.print_list(**form.cleaned_data, by=request.user, at=request.at),
        to=lambda made: reverse("printing:show", args=[made.pk]), form=form, render=again,
    )  # fmt: skip
