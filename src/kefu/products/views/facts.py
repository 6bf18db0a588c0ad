"""Pages of the facts: barcodes, what a category needs, and errors that colleagues found (PRD-015)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, page
from kefu.foundation.ui.inputs import Option
from kefu.products import actions, queries
from kefu.products.actions.facts import WRITABLE
from kefu.products.choices import Fact, ReportState
from kefu.products.fact_forms import BarcodeForm, NeededFactsForm, ReportForm, SettleForm
from kefu.products.models import Category, FactReport, Product
from kefu.products.permissions import ProductsPermission
from kefu.products.views.entries import unprocessable
from kefu.products.views.goods import product_named, product_page, product_url

VIEW, EDIT = ProductsPermission.CATALOGUE_VIEW, ProductsPermission.CATALOGUE_EDIT


@needs(EDIT)
@require_POST
def barcodes(request: StaffRequest, code: str) -> HttpResponseBase:
    """Set the numbers on the pack and on the outer case."""
    product, form = product_named(code), BarcodeForm(request.POST)

    def again() -> HttpResponse:
        return product_page(request, product, barcode_form=form)

    if not form.is_valid():
        return unprocessable(again())
    return act(
        request,
        lambda: actions.write_barcodes(product=product, **form.cleaned_data, by=request.user, at=request.at),
        success=_("条码已登记"), to=product_url(code), form=form, render=again,
    )  # fmt: skip


@needs(VIEW)
@require_POST
def report(request: StaffRequest, code: str) -> HttpResponseBase:
    """A colleague says that a fact is wrong."""
    product, form = product_named(code), ReportForm(request.POST)

    def again() -> HttpResponse:
        return product_page(request, product, report_form=form)

    if not form.is_valid():
        return unprocessable(again())
    return act(
        request, lambda: actions.report_error(product=product, **form.cleaned_data, by=request.user, at=request.at),
        success=_("已报给产品部，处理后会通知您"), to=product_url(code), form=form, render=again,
    )  # fmt: skip


@needs(VIEW)
@require_GET
def reports(request: StaffRequest) -> HttpResponse:
    """Errors found in facts, those to settle first asked for."""
    state = request.GET.get("state", "")
    rows = queries.reports_listed(request.user, request.GET, request.at)
    options = [Option(_("全部"), "?", pressed=not state)]
    options += [Option(one.label, f"?state={one.value}", pressed=state == one.value) for one in ReportState]
    context = {
        "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
        "options": options,
        "may_edit": allowed(request.user, EDIT),
        "export_url": export_url(request, "products.reports"),
    }
    return page(request, "products/reports.html", context, partial="rows")


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def settlement(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Correct the fact, or answer why it is right."""
    found = get_object_or_404(FactReport.objects.select_related("product__category", "by", "settled_by"), pk=pk)
    now = getattr(found.product, found.fact) if Fact(found.fact) in WRITABLE else ""
    form = SettleForm(
        request.POST if request.method == "POST" else None, writable=Fact(found.fact) in WRITABLE, now=now
    )

    def again() -> HttpResponse:
        return page(request, "products/settlement.html", {"report": found, "form": form, "now": now})

    if request.method == "GET":
        return again()
    if not form.is_valid():
        return unprocessable(again())
    return act(
        request, lambda: actions.settle_report(report=found, **form.cleaned_data, by=request.user, at=request.at),
        success=_("已处理，报错的同事会收到通知"), to=reverse("products:reports") + "?state=open", form=form, render=again,
    )  # fmt: skip


@needs(VIEW)
@require_GET
def categories(request: StaffRequest) -> HttpResponse:
    """Which facts each category needs, and how many of its products lack one."""
    lacking = queries.missing_facts(Product.objects.filter(active=True).select_related("category"))
    in_category = dict(Product.objects.filter(pk__in=lacking).values_list("pk", "category_id"))
    counts = {pk: list(in_category.values()).count(pk) for pk in set(in_category.values())}
    rows = [
        (one, queries.facts_told(Fact(fact) for fact in one.needed_facts), counts.get(one.pk, 0))
        for one in Category.objects.order_by("position", "code")
    ]
    return page(request, "products/categories.html", {"rows": rows, "may_edit": allowed(request.user, EDIT)})


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def needed(request: StaffRequest, code: str) -> HttpResponseBase:
    """Change which facts a category needs."""
    category = get_object_or_404(Category, code=code)
    form = NeededFactsForm(request.POST if request.method == "POST" else None, initial={"facts": category.needed_facts})
    back = reverse("products:categories")

    def again() -> HttpResponse:
        title = _("%(name)s：上架必填资料") % {"name": category.label}
        return page(request, "products/edition.html", {"form": form, "title": title, "back": back})

    if request.method == "GET":
        return again()
    if not form.is_valid():
        return unprocessable(again())
    return act(
        request,
        lambda: actions.need_facts(category=category, facts=form.cleaned_data["facts"], by=request.user, at=request.at),
        success=_("已保存"), to=back, form=form, render=again,
    )  # fmt: skip
