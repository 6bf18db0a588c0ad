"""Booking goods in, and the slips of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.audit.trail import Subject
from kefu.foundation.printing.actions import print_document
from kefu.foundation.ui.http import act, now, page
from kefu.kernel.errors import Invalid
from kefu.stock.actions import receive
from kefu.stock.documents import RECEIPT
from kefu.stock.forms import ArrivalFormSet, ReceiptForm, filled, with_one_more
from kefu.stock.models import Receipt, Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import needed, person, unprocessable

KEEP = (StockPermission.BRANCH_KEEP, StockPermission.CENTRAL_KEEP)
VIEW = (StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)


@needs(*KEEP)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The keeper enters what was counted (STK-004)."""
    warehouse = needed(request)
    if warehouse.central:
        messages.error(request, _("总库房的货由库管和产品部一起验收入库，请先登记到货"))
        return redirect(f"{reverse('stock:central')}?warehouse={warehouse.code}")
    zones = {"zones": warehouse.own_zones}
    if request.method == "GET":
        form = ReceiptForm(initial={"received_on": timezone.localdate(now(request))})
        return _form(request, warehouse, form, ArrivalFormSet(form_kwargs=zones))
    more = "more" in request.POST
    form = ReceiptForm(request.POST)
    lines = ArrivalFormSet(with_one_more(request.POST) if more else request.POST, form_kwargs=zones)
    if more:
        return _form(request, warehouse, form, lines)
    if not (form.is_valid() & lines.is_valid()):
        return unprocessable(_form(request, warehouse, form, lines))
    return _receive(request, warehouse, form, lines)


def _receive(request: HttpRequest, warehouse: Warehouse, form: ReceiptForm, lines: Any) -> HttpResponseBase:
    entered, given = filled(lines), form.cleaned_data

    def write() -> Receipt:
        try:
            return receive(
                warehouse=warehouse, arrivals=[line.arrival() for line in entered], received_on=given["received_on"],
                supplier=given["supplier"], note=given["note"], by=person(request), at=now(request),
            )  # fmt: skip
        except Invalid as error:
            _beside_lines(entered, error)
            raise

    return act(
        request,
        write,
        success=lambda slip: _("已入库，入库单 %(number)s") % {"number": slip.number},
        to=lambda slip: reverse("stock:receipt", args=[slip.pk]),
        form=form,
        render=lambda: _form(request, warehouse, form, lines),
    )


def _beside_lines(entered: list[Any], error: Invalid) -> None:
    """Put `arrivals.2.expiry` beside the expiry of the second line."""
    for item in error.errors:
        parts = item.field.split(".")
        if len(parts) == 3 and parts[2] in entered[int(parts[1]) - 1].fields:
            entered[int(parts[1]) - 1].add_error(parts[2], str(item.message))


def _form(request: HttpRequest, warehouse: Warehouse, form: ReceiptForm, lines: Any) -> HttpResponse:
    return page(request, "stock/receive.html", {"warehouse": warehouse, "form": form, "formset": lines})


def _receipt(request: HttpRequest, pk: int) -> Receipt:
    receipts = Receipt.objects.filter(warehouse__in=Warehouse.objects.visible_to(person(request)))
    return get_object_or_404(receipts.select_related("warehouse", "by"), pk=pk)


@needs(*VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A stock-in slip as it was booked."""
    receipt = _receipt(request, pk)
    lines = receipt.lines.select_related("balance__lot", "balance__zone", "balance__product").order_by("pk")
    return page(request, "stock/receipt.html", {"receipt": receipt, "lines": lines})


@needs(*VIEW)
@require_POST
def printout(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Print a stock-in slip."""
    subject = Subject(RECEIPT, _receipt(request, pk).pk)
    return act(
        request,
        lambda: print_document(code=RECEIPT, subject=subject, customer_id=None, by=person(request), at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )
