"""Pages of test items: list, detail, guide line by line, reference ranges."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.products.actions import edit_test_item, write_guide, write_ranges
from kefu.products.forms import (
    CriticalForm,
    GuideFormSet,
    RangeFormSet,
    TestItemForm,
    guide_formset,
    guide_lines,
    range_formset,
    ranges,
)
from kefu.products.models import Analyte, Package, TestItem
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import analytes_of, found, items_listed
from kefu.products.views.entries import common, confirm, person, save, set_price, unprocessable

EDIT = ["GET", "POST"]


def _item(code: str) -> TestItem:
    return get_object_or_404(TestItem.objects.select_related("sample_kind", "kit"), code=code)


def _url(code: str) -> str:
    return reverse("products:item", args=[code])


@needs(ProductsPermission.CATALOGUE_VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Test items and packages with price, sample, kit and turnaround (LAB-001)."""
    text = request.GET.get("q", "")
    rows = items_listed(person(request), request.GET, now(request))
    packages = found(Package.objects.prefetch_related("lines__item"), text)
    keyset = Keyset(rows, order=("code",), cursor=request.GET.get("after"))
    context = {"keyset": keyset, "packages": packages, "q": text}
    context |= {
        "export_url": export_url(request, "products.items"),
        "may_edit": allowed(person(request), ProductsPermission.CATALOGUE_EDIT),
    }
    return page(request, "products/items.html", context, partial="rows")


def _page(request: HttpRequest, item: TestItem, **forms: object) -> HttpResponse:
    own = {"analytes": analytes_of(item), "lines": item.guide_lines.order_by("position")}
    return page(request, "products/item.html", common(request, item) | own | forms)


@needs(ProductsPermission.CATALOGUE_VIEW)
@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One test item with its guide, its ranges and its price history."""
    return _page(request, _item(code))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_POST
def price(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change the price."""
    item = _item(code)
    return set_price(request, item, _url(code), lambda **forms: _page(request, item, **forms))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_POST
def confirmation(request: HttpRequest, code: str) -> HttpResponseBase:
    """A physician reviewed the content."""
    item = _item(code)
    return confirm(request, item, _url(code), lambda **forms: _page(request, item, **forms))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_http_methods(EDIT)
def edition(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change what the catalogue says."""
    item = _item(code)
    form = TestItemForm(request.POST) if request.method == "POST" else TestItemForm.of(item)

    def again() -> HttpResponse:
        return page(request, "products/edition.html", {"form": form, "title": item.label, "back": _url(code)})

    if request.method == "GET":
        return again()
    return save(
        request,
        form,
        lambda: edit_test_item(item=item, values=form.cleaned_data, by=person(request), at=now(request)),
        _url(code),
        again,
    )


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_http_methods(EDIT)
def guide(request: HttpRequest, code: str) -> HttpResponseBase:
    """Write the sampling guide line by line (LAB-003)."""
    item = _item(code)
    lines = GuideFormSet(request.POST) if request.method == "POST" else guide_formset(item)
    form = KefuForm(request.POST or None)

    def again() -> HttpResponse:
        context = {"entry": item, "formset": lines, "form": form, "back": _url(code)}
        return page(request, "products/guide.html", context)

    if request.method == "GET":
        return again()
    if not (form.is_valid() and lines.is_valid()):
        return unprocessable(again())
    return act(
        request,
        lambda: write_guide(item=item, lines=guide_lines(lines), by=person(request), at=now(request)),
        success=_("采样指南已保存"),
        to=_url(code),
        form=form,
        render=again,
    )


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_http_methods(EDIT)
def analyte(request: HttpRequest, code: str, analyte_code: str) -> HttpResponseBase:
    """Write an analyte's reference ranges and critical limits."""
    measured = get_object_or_404(Analyte.objects.select_related("item"), item__code=code, code=analyte_code)
    posted = request.method == "POST"
    rows = RangeFormSet(request.POST) if posted else range_formset(measured)
    names = ("critical_low", "critical_high")
    form = CriticalForm(request.POST) if posted else CriticalForm(initial={n: getattr(measured, n) for n in names})

    def again() -> HttpResponse:
        context = {"analyte": measured, "entry": measured.item, "formset": rows, "form": form, "back": _url(code)}
        return page(request, "products/ranges.html", context)

    if not posted:
        return again()
    if not (form.is_valid() and rows.is_valid()):
        return unprocessable(again())
    return act(
        request,
        lambda: write_ranges(
            analyte=measured, ranges=ranges(rows), critical=form.bounds(), by=person(request), at=now(request)
        ),
        success=_("参考范围已保存"),
        to=_url(code),
        form=form,
        render=again,
    )
