"""Handing out kits, taking them back, and sending samples to the laboratory."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now
from kefu.foundation.ui.wording import date_words
from kefu.lab.actions import consign_samples, issue_kit, issue_replacement_kit, take_back_kit
from kefu.lab.choices import ConsignmentMode, KitMode
from kefu.lab.forms import ConsignmentForm, KitForm, TakeBackForm
from kefu.lab.models import KitIssue, Order
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import order_url
from kefu.lab.views.orders import get_order, order_page


def _wrong(request: StaffRequest, shown: Order, **forms: object) -> HttpResponse:
    answer = order_page(request, shown, **forms)
    answer.status_code = 422
    return answer


@require_POST
@needs(LabPermission.KIT_ISSUE)
def kit(request: StaffRequest, pk: int) -> HttpResponseBase:
    """发货: the kits leave the centre; then the guide is shown."""
    shown, form = get_order(request, pk), KitForm(request.POST)
    if not form.is_valid():
        return _wrong(request, shown, kit_form=form)
    data = form.cleaned_data
    return act(
        request,
        lambda: issue_kit(
            order=shown, mode=KitMode(data["mode"]), carrier=data["carrier"], waybill=data["waybill"], by=request.user,
            at=now(request),
        ),
        success=lambda _issue: _("检测盒已发，客户采样中。请告诉客户：%s 出报告。") % _promised(request, pk),
        to=reverse("lab:guide", args=[pk]), form=form, render=lambda: order_page(request, get_order(request, pk), kit_form=form),
    )  # fmt: skip


def _promised(request: StaffRequest, pk: int) -> str:
    due = Order.objects.values_list("promised_due", flat=True).get(pk=pk)
    return date_words(due, now(request)) if due else ""


@require_POST
@needs(LabPermission.KIT_ISSUE)
def replacement_kit(request: StaffRequest, pk: int) -> HttpResponseBase:
    """New kits for the samples that are taken again."""
    shown, form = get_order(request, pk), KitForm(request.POST)
    if not form.is_valid():
        return _wrong(request, shown, kit_form=form)
    data = form.cleaned_data
    return act(
        request,
        lambda: issue_replacement_kit(
            order=shown, mode=KitMode(data["mode"]), carrier=data["carrier"], waybill=data["waybill"], by=request.user,
            at=now(request),
        ),
        success=_("补采的检测盒已发。"), to=order_url(pk), form=form,
        render=lambda: order_page(request, get_order(request, pk), kit_form=form),
    )  # fmt: skip


@require_POST
@needs(LabPermission.KIT_ISSUE)
def kit_return(request: StaffRequest, pk: int, issue_id: int) -> HttpResponseBase:
    """An unused kit comes back into stock."""
    shown, form = get_order(request, pk), TakeBackForm(request.POST)
    issue = get_object_or_404(KitIssue.objects.filter(order=shown).select_related("order__customer"), pk=issue_id)
    if not form.is_valid():
        return _wrong(request, shown, take_back_form=form)
    data = form.cleaned_data
    return act(
        request,
        lambda: take_back_kit(issue=issue, reason=data["reason"], damaged=data["damaged"], by=request.user, at=now(request)),
        success=_("检测盒已收回，库存已加回。"), to=order_url(pk), form=form,
        render=lambda: order_page(request, get_order(request, pk), take_back_form=form),
    )  # fmt: skip


@require_POST
@needs(LabPermission.SAMPLE_CHECK)
def consignments(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Samples are on their way to the laboratory."""
    shown, form = get_order(request, pk), ConsignmentForm(request.POST)
    if not form.is_valid():
        return _wrong(request, shown, consignment_form=form)
    data = form.cleaned_data
    return act(
        request,
        lambda: consign_samples(
            order=shown, mode=ConsignmentMode(data["mode"]), carrier=data["carrier"], waybill=data["waybill"],
            sent_on=data["sent_on"], by=request.user, at=now(request),
        ),
        success=_("送检已登记。"), to=order_url(pk), form=form,
        render=lambda: order_page(request, get_order(request, pk), consignment_form=form),
    )  # fmt: skip
