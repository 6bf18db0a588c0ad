"""Pages of products."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.slots.registry import slots
from kefu.foundation.ui.http import Keyset, now, page
from kefu.foundation.ui.inputs import Option
from kefu.products import queries
from kefu.products.actions import add_product, edit_product
from kefu.products.choices import Fact, ReportState
from kefu.products.fact_forms import BarcodeForm, ReportForm
from kefu.products.forms import NewProductForm, ProductForm
from kefu.products.models import Category, Product
from kefu.products.permissions import ProductsPermission
from kefu.products.price_forms import PeriodForm
from kefu.products.queries import products_listed
from kefu.products.queries.facts import PICTURE
from kefu.products.queries.scanning import shown
from kefu.products.views.entries import common, confirm, person, save, set_price

SHOWN = 20


def product_named(code: str) -> Product:
    """The product of that code, or 404."""
    return get_object_or_404(Product.objects.select_related("category", "storage"), code=code)


def product_url(code: str) -> str:
    """The page of a product."""
    return reverse("products:product", args=[code])


@needs(ProductsPermission.CATALOGUE_VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Products with specification, category, price and storage; searched by name, pinyin or code (PRD-001)."""
    text, category = request.GET.get("q", ""), request.GET.get("category", "")
    rows = products_listed(person(request), request.GET, now(request))
    options = [Option(_("全部"), "?", pressed=not category)] + [
        Option(one.label, f"?category={one.code}", pressed=one.code == category) for one in Category.objects.all()
    ]
    keyset = Keyset(rows, order=("code",), cursor=request.GET.get("after"))
    lacking = queries.missing_facts(keyset.rows)
    prices = queries.prices_on(keyset.rows, None, timezone.localdate(now(request)))
    context = {
        "keyset": keyset,
        "rows": [(one, prices[one.pk], queries.facts_told(lacking.get(one.pk, ()))) for one in keyset.rows],
        "show": request.GET.get("show", ""),
        "options": options,
        "q": text,
        "category": category,
        "export_url": export_url(request, "products.products"),
        "may_edit": allowed(person(request), ProductsPermission.CATALOGUE_EDIT),
    }
    return page(request, "products/products.html", context, partial="rows")


def product_page(request: HttpRequest, product: Product, **forms: object) -> HttpResponse:
    """The page of a product, with a form as it was sent in place of the empty one."""
    today = timezone.localdate(now(request))
    periods = queries.periods_listed(person(request), {"product": product.code, "show": "current"}, now(request))
    context = common(request, product) | {
        "panels": _panels(request, product),
        "price_today": queries.price_on(product, None, today),
        "lacking": queries.facts_told(queries.missing_facts([product]).get(product.pk, ())),
        "packing": queries.packing_of(product),
        "barcodes": [(shown(one.gtin), one.packs) for one in product.barcodes.all()],
        "periods": periods[:SHOWN],
        "open_reports": product.reports.filter(state=ReportState.OPEN).select_related("by")[:SHOWN],
        "picture_kinds": [(PICTURE, Fact.PICTURE.label)],
        "today": today,
        "barcode_form": BarcodeForm.of(product),
        "report_form": ReportForm(auto_id="report_%s"),
        "period_form": PeriodForm(auto_id="period_%s", initial={"starts_on": today}),
    }
    return page(request, "products/product.html", context | forms)


def _panels(request: HttpRequest, product: Product) -> list[dict[str, object]]:
    """What modules above say of the product."""
    user, at = person(request), now(request)
    shown = sorted(slots.product_panels.values(), key=lambda panel: panel.order)
    return [
        panel.context(user, product, at) | {"template": panel.template}
        for panel in shown
        if allowed(user, panel.permission)
    ]


@needs(ProductsPermission.CATALOGUE_VIEW)
@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One product, its price history, and what may be changed."""
    return product_page(request, product_named(code))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_POST
def price(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change the price."""
    product = product_named(code)
    return set_price(request, product, product_url(code), lambda **forms: product_page(request, product, **forms))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_POST
def confirmation(request: HttpRequest, code: str) -> HttpResponseBase:
    """A physician reviewed the content."""
    product = product_named(code)
    return confirm(request, product, product_url(code), lambda **forms: product_page(request, product, **forms))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_http_methods(["GET", "POST"])
def edition(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change what the catalogue says."""
    product = product_named(code)
    form = ProductForm(request.POST) if request.method == "POST" else ProductForm.of(product)

    def again() -> HttpResponse:
        context = {"form": form, "title": product.label, "back": product_url(code)}
        return page(request, "products/edition.html", context)

    if request.method == "GET":
        return again()
    return save(
        request,
        form,
        lambda: edit_product(product=product, values=form.cleaned_data, by=person(request), at=now(request)),
        product_url(code),
        again,
    )


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Enter a product."""
    form = NewProductForm(request.POST) if request.method == "POST" else NewProductForm()

    def again() -> HttpResponse:
        context = {"form": form, "title": _("新产品"), "back": reverse("products:products")}
        return page(request, "products/edition.html", context)

    def write() -> Product:
        values = {name: form.cleaned_data[name] for name in ProductForm.base_fields}
        given = form.cleaned_data
        return add_product(code=given["code"], price=given["price"], values=values, by=person(request), at=now(request))

    if request.method == "GET":
        return again()
    return save(request, form, write, reverse("products:products"), again)
