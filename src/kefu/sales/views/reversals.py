"""Pages of what changes after the signature: reversal slips, settlement slips, and what is still owed in goods."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse as address
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import over_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.queries import prints_of
from kefu.foundation.ui.http import Keyset, act, page
from kefu.foundation.ui.inputs import Option
from kefu.sales import actions
from kefu.sales.documents import REVERSAL_SLIP, SETTLEMENT_SLIP
from kefu.sales.forms import ReversalForm
from kefu.sales.models import Purchase, Reversal, Settlement
from kefu.sales.permissions import SalesPermission
from kefu.sales.queries import reversals_listed, shortages_listed, total_of
from kefu.stock.models import IssueLine

SHOWN = 5


@needs(SalesPermission.VIEW)
def reversals(request: StaffRequest) -> HttpResponse:
    """Reversal slips within scope, the newest first."""
    keyset = Keyset(
        reversals_listed(request.user, request.GET, request.at), order=("-id",), cursor=request.GET.get("after")
    )
    context = {"keyset": keyset, "export_url": export_url(request, "sales.reversals")}
    return page(request, "sales/reversals.html", context, partial="rows")


@needs(SalesPermission.VIEW)
def shortages(request: StaffRequest) -> HttpResponse:
    """What is still owed in goods, by order."""
    every = bool(request.GET.get("all"))
    keyset = Keyset(
        shortages_listed(request.user, request.GET, request.at), order=("-id",), cursor=request.GET.get("after")
    )
    options = [Option(_("还欠着"), "?", pressed=not every), Option(_("全部"), "?all=1", pressed=every)]
    context = {"keyset": keyset, "options": options, "export_url": export_url(request, "sales.shortages")}
    return page(request, "sales/shortages.html", context, partial="rows")


@needs(SalesPermission.ENTER)
def new_reversal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """What is not bought after all, and what instead."""
    purchase = _purchase(request, pk)
    slips = purchase.shipments.filter(returned_at__isnull=True).values("slip")
    issued = IssueLine.objects.filter(slip__in=slips).select_related("lot__product", "slip__warehouse").order_by("pk")
    if not allowed(request.user, SalesPermission.DISPATCH, customer=purchase.customer):
        issued = issued.none()  # goods come back through those who let them out
    lines = purchase.lines.select_related("product")
    form = ReversalForm(request.POST if request.method == "POST" else None, lines=lines, issued=issued)

    def show() -> HttpResponse:
        context = {"form": form, "purchase": purchase, "lines": form.lines, "total": total_of(purchase)}
        return page(request, "sales/new_reversal.html", context)

    if request.method != "POST" or not form.is_valid():
        return show()
    return act(
        request, lambda: actions.reverse(purchase=purchase, **form.asked(), by=request.user, at=request.at),
        success=_("冲红单已开，收费、预留和库存都跟着改了。"), to=_address, form=form, render=show,
    )  # fmt: skip


@needs(SalesPermission.VIEW)
def reversal(request: StaffRequest, pk: int) -> HttpResponse:
    """One reversal slip: its lines, its purchase, what is bought instead, and the money that has to go back."""
    rows = Reversal.objects.visible_to(request.user).select_related("purchase__customer", "instead", "charge", "by")
    slip = get_object_or_404(rows, pk=pk)
    customer = slip.purchase.customer
    record_read("sales.reversal.read", by=request.user, at=request.at, customer_id=customer.pk,
                subject=Subject("sales.reversal", slip.pk), node_id=slip.purchase.node_id)  # fmt: skip
    context = {
        "slip": slip, "lines": slip.lines.select_related("line__product"), "over": over_of(slip.charge) if slip.charge else 0,
        "charged": allowed(request.user, BillingPermission.CHARGE_VIEW, customer=customer),
        "prints": prints_of(REVERSAL_SLIP, REVERSAL_SLIP, slip.pk)[:SHOWN],
    }  # fmt: skip
    return page(request, "sales/reversal.html", context)


@require_POST
@needs(SalesPermission.VIEW)
def reversal_print(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Print the reversal slip."""
    slip = get_object_or_404(Reversal.objects.visible_to(request.user).select_related("purchase"), pk=pk)
    return _print(request, REVERSAL_SLIP, slip.pk, slip.purchase.customer_id)


@require_POST
@needs(SalesPermission.ENTER)
def settlements(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Issue the settlement slip."""
    purchase = _purchase(request, pk)
    return act(request, lambda: actions.settle(purchase=purchase, by=request.user, at=request.at),
               success=lambda slip: _("结算单 %(number)s 已开，可以打印。") % {"number": slip.number}, to=address("sales:purchase", args=[pk]))  # fmt: skip


@require_POST
@needs(SalesPermission.VIEW)
def settlement_print(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Print a settlement slip."""
    seen = Settlement.objects.filter(purchase__in=Purchase.objects.visible_to(request.user)).select_related("purchase")
    slip = get_object_or_404(seen, pk=pk)
    return _print(request, SETTLEMENT_SLIP, slip.pk, slip.purchase.customer_id)


@require_POST
@needs(SalesPermission.ENTER)
def reservation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Set aside what was missing and is there now."""
    purchase = _purchase(request, pk)
    return act(request, lambda: actions.reserve_missing(purchase=purchase, by=request.user, at=request.at),
               success=lambda left: _("已预留，还缺 %(left)s 件。") % {"left": left} if left else _("已全部预留。"),
               to=address("sales:purchase", args=[pk]))  # fmt: skip


def _print(request: StaffRequest, code: str, pk: int, customer_id: int) -> HttpResponseBase:
    return act(
        request, lambda: print_document(code=code, subject=Subject(code, pk), customer_id=customer_id, by=request.user, at=request.at),
        to=lambda made: address("printing:show", args=[made.pk]),
    )  # fmt: skip


def _purchase(request: StaffRequest, pk: int) -> Purchase:
    rows = Purchase.objects.visible_to(request.user).select_related("customer__node", "doctor", "node")
    return get_object_or_404(rows, pk=pk)


def _address(slip: Reversal) -> str:
    return address("sales:reversal", args=[slip.pk])
