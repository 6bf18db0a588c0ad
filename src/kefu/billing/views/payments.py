"""Taking money at the desk, receipts, and the list of a day."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.billing.actions import take_payment, void_payment
from kefu.billing.actions.payments import KIND
from kefu.billing.choices import PaymentState
from kefu.billing.documents import RECEIPT
from kefu.billing.forms import PaymentForm, VoidForm
from kefu.billing.models import Desk, Payment
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import (
    charges_of,
    day_is_open,
    default_desk,
    desks_of,
    payments_listed,
    refundable,
    refunds_of,
    refunds_paid,
    standing_of,
    takings,
)
from kefu.billing.queries.payments import day_of
from kefu.customers.models import Customer
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.queries import prints_of
from kefu.foundation.ui.http import Keyset, act, page
from kefu.kernel.money import show, total


@needs(BillingPermission.PAYMENT_TAKE)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """What a customer owes, and the form that takes money for it."""
    customers = Customer.objects.visible_to(request.user, BillingPermission.PAYMENT_TAKE).select_related("node")
    customer = get_object_or_404(customers, pk=customer_id)
    account = standing_of(charges_of(customer))
    form = PaymentForm(
        request.POST if request.method == "POST" else None, account=account, desks=list(desks_of(request.user)),
        desk=default_desk(request.user, customer),
    )  # fmt: skip

    def shown(status: int = 200) -> HttpResponse:
        return page(
            request, "billing/cashier.html", {"customer": customer, "account": account, "form": form}, status=status
        )

    if request.method == "GET":
        record_read(
            "billing.charges.read", by=request.user, at=request.at, customer_id=customer.pk, node_id=customer.node_id
        )
        return shown()
    if not form.is_valid():
        return shown(422)
    data = form.cleaned_data
    return act(
        request,
        lambda: take_payment(
            customer=customer, amount=data["amount"], method=data["method"], reference=data["reference"], given=data["given"],
            charges=form.chosen(), desk=data.get("desk"), key=data["key"], by=request.user, at=request.at,
        ),
        success=_said,
        to=lambda payment: reverse("billing:payment", args=[payment.pk]),
        form=form,
        render=shown,
    )  # fmt: skip


def _said(payment: Payment) -> str:
    words = {"amount": show(payment.amount), "number": payment.number, "change": show(payment.change or 0)}
    return (
        _("已收 %(amount)s，找零 %(change)s，收据 %(number)s")
        if payment.change
        else _("已收 %(amount)s，收据 %(number)s")
    ) % words


def _payment(request: StaffRequest, pk: int) -> Payment:
    rows = Payment.objects.visible_to(request.user).select_related("customer", "desk__node", "by", "voided_by")
    return get_object_or_404(rows, pk=pk)


def _page(request: StaffRequest, payment: Payment, form: VoidForm, status: int = 200) -> HttpResponse:
    refunds = list(refunds_of(payment))
    counts = payment.state == PaymentState.TAKEN
    may_void = (
        counts and day_is_open(payment.desk_id, payment.day, request.at) and not any(one.stands for one in refunds)
    )
    context = {
        "payment": payment, "lines": payment.lines.select_related("charge").order_by("pk"), "form": form,
        "refunds": refunds,
        "may_refund": counts and allowed(request.user, BillingPermission.REFUND_ASK, customer=payment.customer) and bool(refundable(payment)),
        "may_void": may_void and allowed(request.user, BillingPermission.PAYMENT_VOID, customer=payment.customer),
        "may_take": allowed(request.user, BillingPermission.PAYMENT_TAKE, customer=payment.customer),
        "prints": prints_of(RECEIPT, KIND, payment.pk)[:5],
    }  # fmt: skip
    return page(request, "billing/payment.html", context, status=status)


@needs(BillingPermission.PAYMENT_VIEW)
@require_GET
def show_payment(request: StaffRequest, pk: int) -> HttpResponse:
    """A payment: what it settled, who took it, its receipt, and the way back on the same day."""
    payment = _payment(request, pk)
    record_read(
        "billing.payment.read",
        by=request.user,
        at=request.at,
        customer_id=payment.customer_id,
        subject=Subject(KIND, payment.pk),
    )
    return _page(request, payment, VoidForm())


@needs(BillingPermission.PAYMENT_VOID)
@require_POST
def void(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take a payment back on its own day."""
    payment, form = _payment(request, pk), VoidForm(request.POST)
    if not form.is_valid():
        return _page(request, payment, form, 422)
    return act(
        request,
        lambda: void_payment(payment=payment, reason=form.cleaned_data["reason"], by=request.user, at=request.at),
        success=_("已作废 %(number)s") % {"number": payment.number},
        to=reverse("billing:payment", args=[payment.pk]),
        form=form,
        render=lambda: _page(request, payment, form),
    )


@needs(BillingPermission.PAYMENT_VIEW)
@require_POST
def printout(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Print the receipt; a second printout says that it is one."""
    payment = _payment(request, pk)
    return act(
        request,
        lambda: print_document(
            code=RECEIPT,
            subject=Subject(KIND, payment.pk),
            customer_id=payment.customer_id,
            by=request.user,
            at=request.at,
        ),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )


@needs(BillingPermission.PAYMENT_VIEW)
@require_GET
def day(request: StaffRequest) -> HttpResponse:
    """The payments of a business day by desk, with what each way of paying brought."""
    rows = payments_listed(request.user, request.GET, request.at)
    brought = takings(rows, refunds_paid(request.user, request.GET, request.at))
    context = {
        "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
        "day": day_of(request.GET.get("day", ""), request.at),
        "desk": request.GET.get("desk", ""),
        "desks": Desk.objects.visible_to(request.user).select_related("node"),
        "takings": brought,
        "total": total(one.amount for one in brought),
        "refunded": total(one.refunded for one in brought),
        "net": total(one.net for one in brought),
        "export_url": export_url(request, "billing.payments"),
    }
    return page(request, "billing/day.html", context, partial="rows")
