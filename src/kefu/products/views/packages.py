"""Pages of packages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.ui.http import now, page
from kefu.kernel.money import total
from kefu.products.actions import edit_package
from kefu.products.forms import PackageForm
from kefu.products.models import Package
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import priced_lines
from kefu.products.views.entries import common, confirm, person, save, set_price


def _package(code: str) -> Package:
    return get_object_or_404(Package.objects.prefetch_related("lines__item"), code=code)


def _url(code: str) -> str:
    return reverse("products:package", args=[code])


def _page(request: HttpRequest, package: Package, **forms: object) -> HttpResponse:
    lines = priced_lines([], [package])
    own = {"lines": lines, "list_price": total(line.item.price or 0 for line in lines)}
    return page(request, "products/package.html", common(request, package) | own | forms)


@needs(ProductsPermission.CATALOGUE_VIEW)
@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One package: what is in it and what each item costs within it."""
    return _page(request, _package(code))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_POST
def price(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change the price."""
    package = _package(code)
    return set_price(request, package, _url(code), lambda **forms: _page(request, package, **forms))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_POST
def confirmation(request: HttpRequest, code: str) -> HttpResponseBase:
    """A physician reviewed the content."""
    package = _package(code)
    return confirm(request, package, _url(code), lambda **forms: _page(request, package, **forms))


@needs(ProductsPermission.CATALOGUE_EDIT)
@require_http_methods(["GET", "POST"])
def edition(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change names, contents and use."""
    package = _package(code)
    form = PackageForm(request.POST) if request.method == "POST" else PackageForm.of(package)

    def again() -> HttpResponse:
        return page(request, "products/edition.html", {"form": form, "title": package.label, "back": _url(code)})

    if request.method == "GET":
        return again()
    return save(
        request,
        form,
        lambda: edit_package(
            package=package, zh=form.cleaned_data["zh"], en=form.cleaned_data["en"], by=person(request), at=now(request),
            active=form.cleaned_data["active"], items=list(form.cleaned_data["items"]),
        ),
        _url(code),
        again,
    )  # fmt: skip
