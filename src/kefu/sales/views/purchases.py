"""Pages of purchases: prescribe, enter, sign, dispatch, and the ways back."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.customers.cautions import all_cautions
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.queries import prints_of
from kefu.foundation.ui.http import Keyset, act, page
from kefu.foundation.ui.inputs import Option
from kefu.products.queries import sellable_products
from kefu.sales import actions
from kefu.sales.choices import DeliveryMode, PurchaseState
from kefu.sales.documents import PRODUCT_LIST
from kefu.sales.forms import DispatchForm, PrescriptionForm, QuantityForm, SignatureForm
from kefu.sales.models import Purchase
from kefu.sales.permissions import SalesPermission
from kefu.sales.preferring import PreferenceForm
from kefu.sales.queries import KIND, latest_open, purchases_listed, replaced_by, reversed_total, shortage_of, total_of
from kefu.stock.queries import propose, warehouse_for


@needs(SalesPermission.VIEW)
def purchases(request: StaffRequest) -> HttpResponse:
    """Purchases within scope, newest first, by state."""
    state = request.GET.get("state", "")
    rows = purchases_listed(request.user, request.GET, request.at)
    keyset = Keyset(rows, order=("-id",), cursor=request.GET.get("after"))
    options = [Option(_("全部"), "?", pressed=not state)]
    options += [
        Option(choice.label, f"?state={choice.value}", pressed=state == choice.value) for choice in PurchaseState
    ]
    totals = {row.pk: total_of(row) for row in keyset.rows}
    context = {"keyset": keyset, "options": options, "totals": totals}
    context["export_url"] = export_url(request, "sales.purchases")
    return page(request, "sales/purchases.html", context, partial="rows")


@needs(SalesPermission.VIEW)
def next_step(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Where a customer's purchase goes on: the open list, else a new prescription for who may prescribe, else the customer."""
    customer = _customer(request, customer_id)
    purchase = latest_open(customer)
    if purchase is not None:
        return redirect("sales:purchase", purchase.pk)
    return redirect("sales:new", customer.pk)


@needs(SalesPermission.PRESCRIBE)
def prescription(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """The doctor advises products with intake."""
    customer = _customer(request, customer_id)
    form = PrescriptionForm(request.POST or None, products=sellable_products().order_by("category__position", "code"))

    def show() -> HttpResponse:
        return page(
            request,
            "sales/prescription.html",
            {"form": form, "customer": customer, "cautions": all_cautions(customer, request.at)},
        )

    if request.method != "POST" or not form.is_valid():
        return show()
    doctor = customer.doctor or request.user
    return act(
        request,
        lambda: actions.prescribe(customer=customer, doctor=doctor, products=form.prescribed(), by=request.user, at=request.at),
        success=_("产品建议已开，请健康管理师录入数量。"), to=_url, form=form, render=show,
    )  # fmt: skip


@needs(SalesPermission.VIEW)
def purchase(request: StaffRequest, pk: int) -> HttpResponse:
    """One purchase: its lines, its papers, and the next step."""
    shown = _get(request, pk)
    record_read("sales.purchase.read", by=request.user, at=request.at, customer_id=shown.customer_id,
                subject=Subject(KIND, shown.pk), node_id=shown.node_id)  # fmt: skip
    return _page(request, shown)


def _page(request: StaffRequest, shown: Purchase, **forms: object) -> HttpResponse:
    lines = list(shown.lines.select_related("product"))
    warehouse = warehouse_for(shown.customer.node_id)
    wanted = [(line.product, line.quantity) for line in lines if line.quantity]
    context = {
        "purchase": shown,
        "cautions": all_cautions(shown.customer, request.at),
        "lines": lines,
        "total": total_of(shown),
        "prints": prints_of(PRODUCT_LIST, KIND, shown.pk)[:5],
        "lots": propose(warehouse, wanted, request.at) if warehouse and shown.state == PurchaseState.SIGNED else {},
        "shipments": shown.shipments.select_related("slip", "by", "packed_by").prefetch_related("slip__lines__lot"),
        "reversals": shown.reversals.select_related("instead", "by").order_by("pk"),
        "settlements": shown.settlements.select_related("by").order_by("pk"),
        "replaces": replaced_by(shown),
        "left": total_of(shown) - reversed_total(shown),
        "short": shortage_of(shown, lines),
        "quantities": QuantityForm(lines=lines),
        "signature": SignatureForm(),
        "dispatch": DispatchForm(lines=lines),
        "scans": [("signed_sheet", _("签字的清单"))],
        "kind": KIND,
    }
    return page(request, "sales/purchase.html", context | forms)


@require_POST
@needs(SalesPermission.ENTER)
def quantities(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The health manager enters packs."""
    shown = _get(request, pk)
    form = QuantityForm(request.POST, lines=shown.lines.select_related("product"))
    if not form.is_valid():
        return _page(request, shown, quantities=form)
    return act(request, lambda: actions.enter_lines(purchase=shown, lines=form.entered(), by=request.user, at=request.at),
               success=_("数量已录入，合计和可服天数已算好。"), to=_url, form=form, render=lambda: _page(request, shown, quantities=form))  # fmt: skip


@require_POST
@needs(SalesPermission.ENTER)
def signature(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customer signed the list."""
    shown = _get(request, pk)
    form = SignatureForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, signature=form)
    return act(request, lambda: actions.sign(purchase=shown, signed_by=form.cleaned_data["signed_by"], by=request.user, at=request.at),
               success=_("已登记签字，收费已记账。"), to=_url)  # fmt: skip


@require_POST
@needs(SalesPermission.DISPATCH)
def dispatch(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Ship by the list."""
    shown = _get(request, pk)
    form = DispatchForm(request.POST, lines=shown.lines.select_related("product"))
    if not form.is_valid():
        return _page(request, shown, dispatch=form)
    data = form.cleaned_data
    return act(
        request,
        lambda: actions.dispatch(purchase=shown, mode=DeliveryMode(data["mode"]), carrier=data["carrier"], waybill=data["waybill"],
                                 packing=data["packing"], packs=form.packs(), collected_by=data["collected_by"], by=request.user, at=request.at),
        success=_("产品已发货，库存已扣。"), to=reverse("sales:purchase", args=[pk]), form=form,
        render=lambda: _page(request, shown, dispatch=form),
    )  # fmt: skip


@require_POST
@needs(SalesPermission.ENTER)
def cancellation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give the purchase up."""
    shown = _get(request, pk)
    verb = actions.withdraw if shown.signed_at else actions.cancel
    return act(request, lambda: verb(purchase=shown, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("购买单已取消。") if not shown.signed_at else _("还没发的已全部冲红。"), to=reverse("sales:purchase", args=[pk]))  # fmt: skip


@require_POST
@needs(SalesPermission.DISPATCH)
def return_(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The goods came back."""
    shown = _get(request, pk)
    return act(request, lambda: actions.take_back(purchase=shown, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("产品已退回库房，收费已冲销。"), to=_url)  # fmt: skip


@require_POST
@needs(SalesPermission.ENTER)
def printout(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Print the list for signature."""
    shown = _get(request, pk)
    return act(
        request,
        lambda: print_document(code=PRODUCT_LIST, subject=Subject(KIND, shown.pk), customer_id=shown.customer_id, by=request.user, at=request.at),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip


def _customer(request: StaffRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("doctor", "node"), pk=pk)


def _get(request: StaffRequest, pk: int) -> Purchase:
    rows = Purchase.objects.visible_to(request.user).select_related("customer__node", "doctor", "node", "entered_by")
    return get_object_or_404(rows, pk=pk)


def _url(purchase: Purchase) -> str:
    return reverse("sales:purchase", args=[purchase.pk])


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def preferences(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Note what the customer likes."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    form, back = PreferenceForm(request.POST), reverse("customers:tab", args=[customer_id, "preferences"])

    def render() -> HttpResponse:
        return page(request, "customers/small_form.html", {"form": form, "customer": customer, "back": back})

    if not form.is_valid():
        answer = render()
        answer.status_code = 422
        return answer
    return act(
        request, lambda: actions.note_preference(customer=customer, **form.cleaned_data, by=request.user, at=request.at),
        form=form, render=render, success=_("喜好已记下。"), to=back,
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def preference_ending(request: StaffRequest, customer_id: int, preference_id: int) -> HttpResponseBase:
    """The customer does not like it any more."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    found = get_object_or_404(customer.preferences.select_related("customer"), pk=preference_id)
    return act(request, lambda: actions.end_preference(preference=found, by=request.user, at=request.at), success=_("已去掉。"),
               to=reverse("customers:tab", args=[customer_id, "preferences"]))  # fmt: skip
