"""Who is responsible: assigning, offering to a colleague, taking from the pool; and closing or reopening (ORG-010)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.customers import actions
from kefu.customers.forms import OfferForm, OwnerForm
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.views.asked import customer_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import act, now, page


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.OWNER_ASSIGN)
def owner_form(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Assign doctor, health manager and centre directly."""
    customer, user = customer_of(request, customer_id), request.user
    initial = {"node": customer.node_id, "health_manager": customer.health_manager_id, "doctor": customer.doctor_id}
    data = request.POST or (request.GET if request.GET.get("node") else None)
    form = OwnerForm(data, user=user, customer=customer, initial=initial)
    return _form(
        request, customer, form, title=_("变更归属"), submit=_("变更"), consequence=_("变更后立即生效，新的负责人能看到这位客户。"),
        success=_("归属已变更。"), run=lambda given: actions.assign_owner(customer=customer, **given, by=user, at=now(request)), to=_home(customer, request),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.ARCHIVE_VIEW)
def handover_form(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Offer the customer to a colleague."""
    customer, user = customer_of(request, customer_id), request.user
    form = OfferForm(request.POST or None, user=user, customer=customer)
    return _form(
        request, customer, form, title=_("移交客户"), submit=_("提出移交"), consequence=_("对方接受后才生效，在此之前仍由您负责。"),
        success=_("已提出，等对方答复。"), run=lambda given: actions.offer_customer(customer=customer, **given, by=user, at=now(request)),
        to=_home(customer, request),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def taking(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """A health manager takes a customer of the unassigned pool."""
    customer, user = customer_of(request, customer_id), request.user
    reason = _("从未分配客户中接手")
    return act(
        request, lambda: actions.assign_owner(customer=customer, health_manager=user, reason=reason, by=user, at=now(request)),
        success=_("这位客户现在由您负责。"), to=_home(customer, request),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.ARCHIVE_EDIT, CustomerPermission.OWNER_ASSIGN)
def closure(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Close the customer, saying why."""
    customer = customer_of(request, customer_id)
    context = {
        "question": _("关闭%s？") % customer.name, "verb": _("关闭客户"), "danger": True, "url": reverse("customers:closure", args=[customer.pk]),
        "consequence": _("进行中的服务流程会结束，电话号码可登记给别人；档案和时间线都保留，可以恢复。"),
    }  # fmt: skip
    return _ask(request, customer, context, _("客户已关闭。"), actions.close_customer)


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.ARCHIVE_EDIT, CustomerPermission.OWNER_ASSIGN)
def reopening(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Bring a closed customer back, saying why."""
    customer = customer_of(request, customer_id)
    context = {
        "question": _("恢复%s？") % customer.name, "verb": _("恢复客户"), "danger": False, "url": reverse("customers:reopening", args=[customer.pk]),
        "consequence": _("档案回到关闭前的状态。"),
    }  # fmt: skip
    return _ask(request, customer, context, _("客户已恢复。"), actions.reopen_customer)


def _ask(
    request: StaffRequest, customer: Customer, context: dict[str, object], success: str, action: Callable[..., object]
) -> HttpResponseBase:
    reason = request.POST.get("reason", "")
    whole = context | {
        "customer": customer,
        "view": view_of(customer, now(request)),
        "keep_url": reverse("customers:page", args=[customer.pk]),
    }

    def render(error: str = "") -> HttpResponse:
        return page(request, "customers/confirm.html", whole | {"reason_error": error}, status=422 if error else 200)

    if request.method != "POST":
        return render()
    if not reason.strip():
        return render(_("请写明原因。"))
    return act(request, lambda: action(customer=customer, reason=reason, by=request.user, at=now(request)),
               success=success, to=_home(customer, request))  # fmt: skip


def _form(request: StaffRequest, customer: Customer, form: KefuForm, *, title: str, submit: str, consequence: str, success: str, run: Callable[[dict[str, Any]], object],
          to: str) -> HttpResponseBase:  # fmt: skip
    def render() -> HttpResponse:
        context = {"form": form, "customer": customer, "view": view_of(customer, now(request)), "title": title, "submit": submit,
                   "consequence": consequence, "back": reverse("customers:page", args=[customer.pk])}  # fmt: skip
        return page(request, "customers/owner.html", context, partial="fields" if request.method == "GET" else "")

    if request.method != "POST":
        form.errors.clear()
        return render()
    if not form.is_valid():
        response = render()
        response.status_code = 422
        return response
    return act(request, lambda: run(dict(form.cleaned_data)), form=form, render=render, success=success, to=to)


def _home(customer: Customer, request: StaffRequest) -> str:
    """The customer's page, or the list when the person no longer sees the customer."""
    if allowed(request.user, CustomerPermission.ARCHIVE_VIEW, customer=customer):
        return reverse("customers:page", args=[customer.pk])
    return reverse("customers:list")
