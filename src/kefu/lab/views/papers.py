"""Prints of an order, the signature on the sheet, and the sampling guide on the screen."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.customers.presentation import view_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page
from kefu.lab.actions import print_order, record_signature
from kefu.lab.actions.printing import DOCUMENTS
from kefu.lab.choices import Signer
from kefu.lab.forms import SignatureForm
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import order_url
from kefu.lab.queries.lines import active_items
from kefu.lab.views.orders import get_order, order_page
from kefu.products.queries import sampling_guide


@require_POST
@needs(LabPermission.ORDER_VIEW)
def prints(request: StaffRequest, pk: int, document: str) -> HttpResponseBase:
    """Print one of the papers and show the PDF."""
    shown = get_order(request, pk)
    if document not in DOCUMENTS:
        raise Http404
    return act(
        request, lambda: print_order(order=shown, document=document, by=request.user, at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]), render=lambda: order_page(request, shown),
    )  # fmt: skip


@require_POST
@needs(LabPermission.ORDER_PLACE, LabPermission.ORDER_SIGN)
def signature(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Record that the customer signed."""
    shown, form = get_order(request, pk), SignatureForm(request.POST, request.FILES)
    if not form.is_valid():
        answer = order_page(request, shown, signature_form=form)
        answer.status_code = 422
        return answer
    data = form.cleaned_data
    return act(
        request,
        lambda: record_signature(
            order=shown, signer=Signer(data["signer"]), signer_name=data["signer_name"], signed_on=data["signed_on"],
            scan=data["upload"], by=request.user, at=now(request),
        ),
        success=_("已登记签字，应收 ¥%s。可以发检测盒了。") % f"{shown.total:,}",
        to=order_url(shown.pk), form=form, render=lambda: order_page(request, get_order(request, pk), signature_form=form),
    )  # fmt: skip


@require_GET
@needs(LabPermission.ORDER_VIEW)
def guide(request: StaffRequest, pk: int) -> HttpResponse:
    """The merged sampling guide of an order, to explain beside the customer (LAB-003)."""
    shown = get_order(request, pk)
    sections = sampling_guide([line.item for line in active_items(shown)])
    return page(
        request, "lab/guide.html", {"order": shown, "view": view_of(shown.customer, now(request)), "sections": sections}
    )
