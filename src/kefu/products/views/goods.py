"""Pages of products."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.slots.registry import slots
from kefu.foundation.ui.http import Keyset, now, page
from kefu.foundation.ui.inputs import Option
from kefu.products.actions import add_product, edit_product
from kefu.products.forms import NewProductForm, ProductForm
from kefu.products.models import Category, Product
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import products_listed
from kefu.products.views.entries import common, confirm, person, save, set_price


def _product(code: str) -> Product:
    return get_object_or_404(Product.objects.select_related("category", "storage"), code=code)


def _url(code: str) -> str:
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
    context = {
        "keyset": Keyset(rows, order=("code",), cursor=request.GET.get("after")),
        "options": options,
        "q": text,
        "category": category,
        "export_url": export_url(request, "products.products"),
        "may_edit": allowed(person(request), ProductsPermission.CATALOGUE_EDIT),
    }
    return page(request, "products/products.html", context, partial="rows")


def _page(request: HttpRequest, product: Product, **forms: object) -> HttpResponse:
    return page(
        request, "products/product.html", common(request, product) | {"panels": _panels(request, product)} | forms
    )


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
    return _page(request, _product(code))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_POST
def price(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change the price."""
    product = _product(code)
    return set_price(request, product, _url(code), lambda **forms: _page(request, product, **forms))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_POST
def confirmation(request: HttpRequest, code: str) -> HttpResponseBase:
    """A physician reviewed the content."""
    product = _product(code)
    return confirm(request, product, _url(code), lambda **forms: _page(request, product, **forms))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_http_methods(["GET", "POST"])
def edition(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change what the catalogue says."""
    product = _product(code)
    form = ProductForm(request.POST) if request.method == "POST" else ProductForm.of(product)

    def again() -> HttpResponse:
        context = {"form": form, "title": product.label, "back": _url(code)}
        return page(request, "products/edition.html", context)

    if request.method == "GET":
        return again()
    return save(
        request,
        form,
        lambda: edit_product(product=product, values=form.cleaned_data, by=person(request), at=now(request)),
        _url(code),
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
