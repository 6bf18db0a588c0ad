"""Asking for a refund, the refunds that wait, and paying them out."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.billing.actions import ask_refund, drop_refund, pay_refund
from kefu.billing.actions.refunds import KIND
from kefu.billing.choices import RefundState
from kefu.billing.documents import REFUND_SLIP
from kefu.billing.forms import DropRefundForm, PayoutForm, RefundForm
from kefu.billing.models import Payment, Refund
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import default_desk, desks_of, refundable, refunds_listed
from kefu.billing.queries.payments import day_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.approvals.models import ApprovalRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.queries import prints_of
from kefu.foundation.ui.http import Keyset, act, page
from kefu.kernel.money import show


@needs(BillingPermission.REFUND_ASK)
@require_http_methods(["GET", "POST"])
def asking(request: StaffRequest, pk: int) -> HttpResponseBase:
    """What of a payment may still go back, and the form that asks for it."""
    payments = Payment.objects.visible_to(request.user).select_related("customer", "desk__node")
    payment = get_object_or_404(payments, pk=pk)
    lines = refundable(payment) if payment.voided_at is None else []
    form = RefundForm(request.POST if request.method == "POST" else None, lines=lines)

    def shown(status: int = 200) -> HttpResponse:
        return page(
            request, "billing/refund_ask.html", {"payment": payment, "lines": lines, "form": form}, status=status
        )

    if request.method == "GET":
        _read("billing.payment.read", request, payment, Subject("billing.payment", payment.pk))
        return shown()
    if not form.is_valid():
        return shown(422)
    data = form.cleaned_data
    return act(
        request,
        lambda: ask_refund(
            payment=payment, amount=data["amount"], reason=data["reason"], charges=form.chosen(), by=request.user, at=request.at
        ),
        success=lambda refund: _("已申请退款 %(amount)s，等批准") % {"amount": show(refund.amount)},
        to=lambda refund: reverse("billing:refund", args=[refund.pk]),
        form=form,
        render=shown,
    )  # fmt: skip


@needs(BillingPermission.PAYMENT_VIEW)
@require_GET
def refund_list(request: StaffRequest) -> HttpResponse:
    """The refunds that wait for a decision or for the desk, or those paid out on a day."""
    asked = request.GET.get("day", "")
    context = {
        "keyset": Keyset(refunds_listed(request.user, request.GET, request.at), order=("-id",), cursor=request.GET.get("after")),
        "day": day_of(asked, request.at) if asked else None,
        "export_url": export_url(request, "billing.refunds"),
    }  # fmt: skip
    return page(request, "billing/refunds.html", context, partial="rows")


@needs(BillingPermission.PAYMENT_VIEW)
@require_GET
def show_refund(request: StaffRequest, pk: int) -> HttpResponse:
    """A refund: of what, why, who agreed, and the form that pays it out."""
    refund = _refund(request, pk)
    _read("billing.refund.read", request, refund.payment, Subject(KIND, refund.pk))
    return _page(request, refund, _payout_form(request, refund))


@needs(BillingPermission.REFUND_PAY)
@require_POST
def payout(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give the money back."""
    refund = _refund(request, pk)
    form = _payout_form(request, refund)
    if not form.is_valid():
        return _page(request, refund, form, 422)
    data = form.cleaned_data
    return act(
        request,
        lambda: pay_refund(
            refund=refund, method=data["method"], reference=data["reference"], desk=data.get("desk"), by=request.user, at=request.at
        ),
        success=lambda paid: _("已退 %(amount)s，退款单 %(number)s") % {"amount": show(paid.amount), "number": paid.number},
        to=reverse("billing:refund", args=[refund.pk]),
        form=form,
        render=lambda: _page(request, refund, form),
    )  # fmt: skip


@needs(BillingPermission.REFUND_ASK)
@require_POST
def dropping(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give up an agreed refund that nobody fetches."""
    refund, form = _refund(request, pk), DropRefundForm(request.POST)
    payout_form = PayoutForm(None, refund=refund, desks=[], desk=None)
    if not form.is_valid():
        return _page(request, refund, payout_form, 422, form)
    return act(
        request,
        lambda: drop_refund(refund=refund, reason=form.cleaned_data["dropped_why"], by=request.user, at=request.at),
        success=_("已放弃这笔退款"),
        to=reverse("billing:refund", args=[refund.pk]),
        form=form,
        render=lambda: _page(request, refund, payout_form, 200, form),
    )


@needs(BillingPermission.PAYMENT_VIEW)
@require_POST
def printout(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Print the slip of a refund that was paid out."""
    refund = get_object_or_404(Refund.objects.visible_to(request.user).paid_out().select_related("payment"), pk=pk)
    return act(
        request,
        lambda: print_document(
            code=REFUND_SLIP,
            subject=Subject(KIND, refund.pk),
            customer_id=refund.payment.customer_id,
            by=request.user,
            at=request.at,
        ),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )


def _refund(request: StaffRequest, pk: int) -> Refund:
    rows = Refund.objects.visible_to(request.user).select_related(
        "payment__customer", "request", "asked_by", "paid_by", "dropped_by", "desk__node"
    )
    return get_object_or_404(rows, pk=pk)


def _payout_form(request: StaffRequest, refund: Refund) -> PayoutForm:
    return PayoutForm(
        request.POST if request.method == "POST" else None, refund=refund, desks=list(desks_of(request.user)),
        desk=default_desk(request.user, refund.payment.customer),
    )  # fmt: skip


def _read(code: str, request: StaffRequest, payment: Payment, subject: Subject) -> None:
    record_read(code, by=request.user, at=request.at, customer_id=payment.customer_id, subject=subject)


def _page(
    request: StaffRequest, refund: Refund, form: PayoutForm, status: int = 200, drop: DropRefundForm | None = None
) -> HttpResponse:  # fmt: skip
    may_pay = allowed(request.user, BillingPermission.REFUND_PAY, customer=refund.payment.customer)
    context = {
        "refund": refund, "lines": refund.lines.select_related("charge").order_by("pk"), "form": form,
        "may_pay": may_pay and refund.state == RefundState.APPROVED, "drop": drop or DropRefundForm(),
        "may_drop": refund.state == RefundState.APPROVED and allowed(request.user, BillingPermission.REFUND_ASK, customer=refund.payment.customer),
        "decisions": refund.request.decisions.filter(by__isnull=False).select_related("by"),
        "may_request": ApprovalRequest.objects.visible_to(request.user).filter(pk=refund.request_id).exists(),
        "prints": prints_of(REFUND_SLIP, KIND, refund.pk)[:5],
    }  # fmt: skip
    return page(request, "billing/refund.html", context, status=status)
