"""Charges, payments and refunds over the API."""

from __future__ import annotations

from django.db.models import QuerySet
from ninja import Query, Router, Status

from kefu.billing import actions, closes_api, prepaid_api, weeks_api
from kefu.billing.choices import Method, RefundState
from kefu.billing.models import Charge, Payment, Refund
from kefu.billing.models.refunds import RefundQuerySet
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import Owing, consumption_of, standing_of
from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Line, Moment, Money, Out
from kefu.kernel.ids import ident

router = Router(tags=["billing"])
router.add_router("", closes_api.router)
router.add_router("", prepaid_api.router)
router.add_router("", weeks_api.router)


class ChargeFilter(Page):
    """Charges of one customer."""

    customer: Ident


class CustomerAsked(In):
    """Of one customer."""

    customer: Ident


class ChargeOut(Out):
    """A charge with what was reversed and paid of it and what is left; a reversal names the charge it takes back."""

    id: str
    number: str
    item: str
    amount: Money
    reversed: Money
    reverses: str | None
    paid: Money
    owed: Money
    status: str
    recorded_at: Moment


class ConsumedOut(Out):
    """What was paid and went back in a year for one kind of thing; `what` says the kind in words."""

    year: int
    kind: str
    what: str
    paid: Money
    refunded: Money


class ConsumptionOut(Out):
    """What a customer paid and got back, with its rows by year and kind."""

    customer: str
    paid: Money
    refunded: Money
    net: Money
    rows: list[ConsumedOut]


class PaymentIn(In):
    """Money from a customer: for these charges (else all), the oldest first; `reference` names the slip of whatever is not cash."""

    customer: Ident
    amount: Money
    method: Method
    reference: Line | None = None
    given: Money | None = None
    charges: list[Ident] | None = None


class VoidIn(In):
    """Why a payment is taken back."""

    reason: Line


class PaymentFilter(Page):
    """Payments of a customer, or of a business day."""

    customer: Ident | None = None
    day: Day | None = None


class PaidOut(Out):
    """The part of a payment that settled a charge."""

    charge: str
    amount: Money


class PaymentOut(Out):
    """A payment with its receipt number."""

    id: str
    number: str
    customer: str
    day: Day
    method: Method
    amount: Money
    change: Money | None
    reference: str
    status: str
    taken_at: Moment
    lines: list[PaidOut]


class RefundIn(In):
    """What is to go back of a payment, of these charges (else all it settled), and why."""

    payment: Ident
    amount: Money
    reason: Line
    charges: list[Ident] | None = None


class PayoutIn(In):
    """How an agreed refund went back: in cash, or the way it came."""

    method: Method
    reference: Line | None = None


class DropIn(In):
    """Why an agreed refund is given up."""

    reason: Line


class RefundFilter(Page):
    """Refunds of a customer or of a payment, waiting or paid out."""

    customer: Ident | None = None
    payment: Ident | None = None
    paid: bool | None = None


class RefundOut(Out):
    """A refund; it has a number, a day and a way once it was paid out."""

    id: str
    number: str | None
    payment: str
    customer: str
    amount: Money
    reason: str
    status: RefundState
    asked_at: Moment
    day: Day | None
    method: str
    reference: str
    paid_at: Moment | None
    lines: list[PaidOut]


@router.get("charges", response={200: Listing[ChargeOut], **RESPONSES}, operation_id="charges_list")
@needs(BillingPermission.CHARGE_VIEW)
def list_charges(request: ApiRequest, query: Query[ChargeFilter]) -> dict[str, object]:
    """A customer's charges with what each still owes, the newest first."""
    visible = Customer.objects.visible_to(request.user, BillingPermission.CHARGE_VIEW)
    customer = customer_named(visible, query.customer, field="customer")
    rows = Charge.objects.visible_to(request.user).filter(customer=customer).select_related("reverses")
    paid = {line.charge.pk: line for line in standing_of(rows).lines}
    return listing(rows, query, order=("-id",), show=lambda charge: _charge(paid[charge.pk]))


@router.get("consumption", response={200: ConsumptionOut, **RESPONSES}, operation_id="consumption_read")
@needs(BillingPermission.CHARGE_VIEW)
def read_consumption(request: ApiRequest, query: Query[CustomerAsked]) -> dict[str, object]:
    """What a customer paid and got back, by year and kind."""
    visible = Customer.objects.visible_to(request.user, BillingPermission.CHARGE_VIEW)
    customer = customer_named(visible, query.customer, field="customer")
    found = consumption_of(customer)
    rows = [
        {"year": one.year, "kind": one.kind, "what": one.what, "paid": one.paid, "refunded": one.refunded}
        for one in found.rows
    ]
    return {
        "customer": ident("cus", customer.pk),
        "paid": found.paid,
        "refunded": found.refunded,
        "net": found.net,
        "rows": rows,
    }


@router.post("payments", response={201: PaymentOut, **RESPONSES}, operation_id="payments_create")
@needs(BillingPermission.PAYMENT_TAKE)
def create_payment(request: ApiRequest, body: PaymentIn) -> Status[object]:
    """Take money; 409 `overpaid` says what is owed."""
    visible = Customer.objects.visible_to(request.user, BillingPermission.PAYMENT_TAKE)
    customer = customer_named(visible, body.customer, field="customer")
    mine = Charge.objects.visible_to(request.user).filter(customer=customer)
    charges = (
        None
        if body.charges is None
        else [reference(mine, text, "chg", "number", field="charges") for text in body.charges]
    )
    payment = actions.take_payment(
        customer=customer, amount=body.amount, method=body.method, reference=body.reference or "", given=body.given, charges=charges,
        by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, _show(payment))


@router.get("payments", response={200: Listing[PaymentOut], **RESPONSES}, operation_id="payments_list")
@needs(BillingPermission.PAYMENT_VIEW)
def list_payments(request: ApiRequest, query: Query[PaymentFilter]) -> dict[str, object]:
    """Payments within reach, the newest first."""
    rows = _visible(request)
    if query.customer is not None:
        visible = Customer.objects.visible_to(request.user, BillingPermission.PAYMENT_VIEW)
        rows = rows.filter(customer=customer_named(visible, query.customer, field="customer"))
    if query.day is not None:
        rows = rows.filter(day=query.day)
    return listing(rows, query, order=("-id",), show=_show)


@router.get("payments/{payment_id}", response={200: PaymentOut, **RESPONSES}, operation_id="payments_read")
@needs(BillingPermission.PAYMENT_VIEW)
def read_payment(request: ApiRequest, payment_id: Line) -> dict[str, object]:
    """One payment."""
    return _show(reference(_visible(request), payment_id, "pay", "number"))


@router.post("payments/{payment_id}/void", response={200: PaymentOut, **RESPONSES}, operation_id="payments_void")
@needs(BillingPermission.PAYMENT_VOID)
def void(request: ApiRequest, payment_id: Line, body: VoidIn) -> dict[str, object]:
    """Take a payment back on its own day."""
    payment = reference(_visible(request), payment_id, "pay", "number")
    return _show(actions.void_payment(payment=payment, reason=body.reason, by=request.user, at=request.at))


@router.post("refunds", response={201: RefundOut, **RESPONSES}, operation_id="refunds_create")
@needs(BillingPermission.REFUND_ASK)
def create_refund(request: ApiRequest, body: RefundIn) -> Status[object]:
    """Ask for a refund; the level above decides. 409 `over_refunded` says what is left."""
    payment = reference(_visible(request), body.payment, "pay", "number", field="payment")
    mine = Charge.objects.visible_to(request.user).filter(payment_lines__payment=payment)
    charges = (
        None
        if body.charges is None
        else [reference(mine, text, "chg", "number", field="charges") for text in body.charges]
    )
    refund = actions.ask_refund(
        payment=payment, amount=body.amount, reason=body.reason, charges=charges, by=request.user, at=request.at
    )
    return Status(201, _refund(refund))


@router.get("refunds", response={200: Listing[RefundOut], **RESPONSES}, operation_id="refunds_list")
@needs(BillingPermission.PAYMENT_VIEW)
def list_refunds(request: ApiRequest, query: Query[RefundFilter]) -> dict[str, object]:
    """Refunds within reach, the newest first; `paid=false` are those that wait."""
    rows = _refunds(request)
    if query.customer is not None:
        visible = Customer.objects.visible_to(request.user, BillingPermission.PAYMENT_VIEW)
        rows = rows.filter(payment__customer=customer_named(visible, query.customer, field="customer"))
    if query.payment is not None:
        rows = rows.filter(payment=reference(_visible(request), query.payment, "pay", "number", field="payment"))
    if query.paid is not None:
        rows = rows.paid_out() if query.paid else rows.waiting()
    return listing(rows, query, order=("-id",), show=_refund)


@router.get("refunds/{refund_id}", response={200: RefundOut, **RESPONSES}, operation_id="refunds_read")
@needs(BillingPermission.PAYMENT_VIEW)
def read_refund(request: ApiRequest, refund_id: Line) -> dict[str, object]:
    """One refund."""
    return _refund(reference(_refunds(request), refund_id, "ref", "number"))


@router.post("refunds/{refund_id}/payout", response={200: RefundOut, **RESPONSES}, operation_id="refunds_payout")
@needs(BillingPermission.REFUND_PAY)
def payout(request: ApiRequest, refund_id: Line, body: PayoutIn) -> dict[str, object]:
    """Pay an agreed refund out; 409 `not_approved` while nobody agreed, `refund_paid` the second time."""
    refund = reference(_refunds(request), refund_id, "ref", "number")
    return _refund(
        actions.pay_refund(
            refund=refund, method=body.method, reference=body.reference or "", by=request.user, at=request.at
        )
    )


@router.post("refunds/{refund_id}/dropping", response={200: RefundOut, **RESPONSES}, operation_id="refunds_drop")
@needs(BillingPermission.REFUND_ASK)
def drop(request: ApiRequest, refund_id: Line, body: DropIn) -> dict[str, object]:
    """Give up an agreed refund nobody fetches; 409 `not_approved`, `refund_paid`, `refund_dropped`."""
    refund = reference(_refunds(request), refund_id, "ref", "number")
    actions.drop_refund(refund=refund, reason=body.reason, by=request.user, at=request.at)
    return _refund(reference(_refunds(request), refund_id, "ref", "number"))


def _refunds(request: ApiRequest) -> RefundQuerySet:
    rows = Refund.objects.visible_to(request.user).select_related("payment__customer", "request")
    return rows.prefetch_related("lines__charge")


def _visible(request: ApiRequest) -> QuerySet[Payment]:
    return (
        Payment.objects.visible_to(request.user)
        .select_related("customer", "desk__node")
        .prefetch_related("lines__charge")
    )


def _charge(line: Owing) -> dict[str, object]:
    charge = line.charge
    return {"id": ident("chg", charge.pk), "number": charge.number, "item": charge.item, "amount": charge.amount, "paid": line.paid,
            "reversed": line.reversed, "reverses": charge.reverses.number if charge.reverses else None, "owed": line.owed, "status": charge.state, "recorded_at": charge.recorded_at}  # fmt: skip


def _show(payment: Payment) -> dict[str, object]:
    lines = [{"charge": line.charge.number, "amount": line.amount} for line in payment.lines.all()]
    return {"id": ident("pay", payment.pk), "number": payment.number, "customer": ident("cus", payment.customer_id), "day": payment.day,
            "method": payment.method, "amount": payment.amount, "change": payment.change, "reference": payment.reference,
            "status": payment.state, "taken_at": payment.at, "lines": lines}  # fmt: skip


def _refund(refund: Refund) -> dict[str, object]:
    lines = [{"charge": line.charge.number, "amount": line.amount} for line in refund.lines.all()]
    return {"id": ident("ref", refund.pk), "number": refund.number, "payment": refund.payment.number,
            "customer": ident("cus", refund.payment.customer_id), "amount": refund.amount, "reason": refund.reason, "status": refund.state,
            "asked_at": refund.asked_at, "day": refund.day, "method": refund.method, "reference": refund.reference,
            "paid_at": refund.paid_at, "lines": lines}  # fmt: skip
