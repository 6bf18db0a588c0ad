"""Suppliers: whom we order from, what they sell, and at which price."""

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
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.purchasing import actions, queries
from kefu.purchasing.actions.suppliers import TERMS
from kefu.purchasing.forms import PriceForm, SupplierForm, SupplyForm, TermsForm
from kefu.purchasing.models import Supplier
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.views.places import person, unprocessable, way

VIEW, ACT = PurchasingPermission.PLAN_VIEW, PurchasingPermission.PLAN_ACT


@needs(VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The suppliers within reach."""
    user = person(request)
    keyset = Keyset(queries.suppliers_listed(user, {}, now(request)), order=("id",), cursor=request.GET.get("after"))
    context = {
        "keyset": keyset, "way": way(user, "suppliers"), "may_act": allowed(user, ACT),
        "export_url": export_url(request, "purchasing.supplies"),
    }  # fmt: skip
    return page(request, "purchasing/suppliers.html", context, partial="rows")


@needs(ACT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Order from a manufacturer of the register."""
    form = SupplierForm(request.POST or None, institutions=queries.manufacturers())

    def again() -> HttpResponse:
        return page(request, "purchasing/supplier_new.html", {"form": form})

    if request.method == "GET":
        return again()
    if not form.is_valid():
        return unprocessable(again())
    return act(
        request,
        lambda: actions.add_supplier(**form.cleaned_data, by=person(request), at=now(request)),
        success=_("供应商已登记，接着填供货的产品和进价"),
        to=lambda made: reverse("purchasing:supplier", args=[made.pk]),
        form=form,
        render=again,
    )


def _supplier(request: HttpRequest, pk: int) -> Supplier:
    return get_object_or_404(queries.suppliers_listed(person(request), {}, now(request)), pk=pk)


def _page(request: HttpRequest, supplier: Supplier, wrong: KefuForm | None = None) -> HttpResponse:
    user, at = person(request), now(request)
    asked = {"supplier": supplier.institution.code}
    supplies = queries.supplies_listed(user, asked, at)
    forms: dict[str, KefuForm] = {
        "terms_form": TermsForm(auto_id="terms_%s", initial={name: getattr(supplier, name) for name in TERMS}),
        "supply_form": SupplyForm(auto_id="supply_%s"),
        "price_form": PriceForm(auto_id="price_%s", supplies=supplies, initial={"valid_from": timezone.localdate(at)}),
    }
    if wrong is not None:
        forms |= {name: wrong for name, form in forms.items() if type(form) is type(wrong)}
    context = forms | {
        "supplier": supplier, "supplies": queries.with_prices(supplies), "may_act": allowed(user, ACT),
    }  # fmt: skip
    return page(request, "purchasing/supplier.html", context)


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A supplier with its goods and prices."""
    return _page(request, _supplier(request, pk))


@needs(ACT)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change the terms."""
    one = _supplier(request, pk)
    form = TermsForm(request.POST, auto_id="terms_%s")
    if not form.is_valid():
        return unprocessable(_page(request, one, form))
    return act(
        request,
        lambda: actions.change_supplier(supplier=one, changes=form.cleaned_data, by=person(request), at=now(request)),
        success=_("已保存"), to=_url(one), form=form, render=lambda: _page(request, one, form),
    )  # fmt: skip


@needs(ACT)
@require_POST
def supply(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the supplier sells."""
    one = _supplier(request, pk)
    form = SupplyForm(request.POST, auto_id="supply_%s")
    if not form.is_valid():
        return unprocessable(_page(request, one, form))
    return act(
        request,
        lambda: actions.set_supply(supplier=one, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("供货产品已保存"), to=_url(one), form=form, render=lambda: _page(request, one, form),
    )  # fmt: skip


@needs(ACT)
@require_POST
def price(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What a pack costs from a day on."""
    one = _supplier(request, pk)
    supplies = queries.supplies_listed(person(request), {"supplier": one.institution.code}, now(request))
    form = PriceForm(request.POST, auto_id="price_%s", supplies=supplies)
    if not form.is_valid():
        return unprocessable(_page(request, one, form))
    return act(
        request,
        lambda: actions.set_price(**form.cleaned_data, by=person(request), at=now(request)),
        success=_("进价已保存"), to=_url(one), form=form, render=lambda: _page(request, one, form),
    )  # fmt: skip


def _url(supplier: Supplier) -> str:
    return reverse("purchasing:supplier", args=[supplier.pk])
