"""Ordering tests and changing what was ordered, with the total worked out while one chooses."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.customers.models import Customer
from kefu.customers.presentation import view_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page
from kefu.kernel.errors import Invalid
from kefu.lab.actions import change_order, place_order
from kefu.lab.forms import ChangeForm, OrderForm
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import order_url
from kefu.lab.queries.dates import due_date
from kefu.lab.queries.lines import choice_of, plan, total_of
from kefu.lab.views.orders import get_order


def _customer(request: StaffRequest, pk: int) -> Customer:
    customers = Customer.objects.visible_to(request.user, LabPermission.ORDER_PLACE).select_related(
        "node", "doctor", "health_manager"
    )
    return get_object_or_404(customers, pk=pk)


@needs(LabPermission.ORDER_PLACE)
def new(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Choose packages and tests for a customer."""
    customer = _customer(request, customer_id)
    if request.method != "POST":
        return _form_page(request, customer, OrderForm(node=customer.node, initial={"doctor": customer.doctor_id}))
    form = OrderForm(request.POST, node=customer.node)
    if not form.is_valid():
        return _form_page(request, customer, form, 422)
    data = form.cleaned_data
    return act(
        request,
        lambda: place_order(
            customer=customer, doctor=data["doctor"], items=form.chosen_items(), packages=form.chosen_packages(),
            note=data["note"], by=request.user, at=now(request),
        ),
        success=lambda order: _("检测单 %(number)s 已开，合计 ¥%(total)s。请打印给客户签字。") % {"number": order.number, "total": f"{order.total:,}"},
        to=lambda order: order_url(order.pk), form=form, render=lambda: _form_page(request, customer, form),
    )  # fmt: skip


def _form_page(request: StaffRequest, customer: Customer, form: OrderForm, status: int = 200) -> HttpResponse:
    context = {
        "customer": customer,
        "view": view_of(customer, now(request)),
        "form": form,
        **_quoted(request, customer, form),
    }
    return page(request, "lab/order_form.html", context, status=status)


@needs(LabPermission.ORDER_PLACE)
def change(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Choose other tests instead; after a signature only with a reason."""
    order = get_order(request, pk)
    chosen = choice_of(order)
    if request.method != "POST":
        return _change_page(request, pk, ChangeForm(node=order.node, chosen=chosen))
    form = ChangeForm(request.POST, node=order.node, chosen=chosen)
    if not form.is_valid():
        return _change_page(request, pk, form, 422)
    return act(
        request,
        lambda: change_order(
            order=order, items=form.chosen_items(), packages=form.chosen_packages(), reason=form.cleaned_data["reason"],
            by=request.user, at=now(request),
        ),
        success=_("检测单已改。签过字的单子要重新打印、重新签字。") if order.signed_at else _("检测单已改。"),
        to=order_url(order.pk), form=form, render=lambda: _change_page(request, pk, form),
    )  # fmt: skip


def _change_page(request: StaffRequest, pk: int, form: ChangeForm, status: int = 200) -> HttpResponse:
    order = get_order(request, pk)
    context = {"order": order, "customer": order.customer, "view": view_of(order.customer, now(request)), "form": form}
    return page(request, "lab/order_form.html", context | _quoted(request, order.customer, form), status=status)


@require_POST
@needs(LabPermission.ORDER_PLACE)
def quote(request: StaffRequest, customer_id: int) -> HttpResponse:
    """What the present choice costs and when its report is expected."""
    customer = _customer(request, customer_id)
    form = OrderForm(request.POST, node=customer.node)
    form.is_valid()
    return page(request, "lab/quote.html", _quoted(request, customer, form))


def _quoted(request: StaffRequest, customer: Customer, form: OrderForm) -> dict[str, object]:
    items, packages = form.chosen() if form.is_bound else form.at_first
    if not items and not packages:
        return {"quote_url": reverse("lab:quote", args=[customer.pk])}
    try:
        lines = plan(items, packages)
    except Invalid as error:
        return {"quote_url": reverse("lab:quote", args=[customer.pk]), "wrong": str(error)}
    due, _calendar_days = due_date(customer.node, [line.item for line in lines], now(request))
    return {
        "quote_url": reverse("lab:quote", args=[customer.pk]),
        "lines": lines,
        "total": total_of(lines),
        "due": due.due_on,
    }
