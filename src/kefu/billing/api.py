"""Charges and payments over the API."""

from __future__ import annotations

from django.db.models import QuerySet
from ninja import Query, Router, Status

from kefu.billing import actions
from kefu.billing.choices import Method
from kefu.billing.models import Charge, Payment
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import Owing, standing_of
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


class ChargeFilter(Page):
    """Charges of one customer."""

    customer: Ident


class ChargeOut(Out):
    """A charge with what was paid on it and what is left."""

    id: str
    number: str
    item: str
    amount: Money
    paid: Money
    owed: Money
    status: str
    recorded_at: Moment


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


@router.get("charges", response={200: Listing[ChargeOut], **RESPONSES}, operation_id="charges_list")
@needs(BillingPermission.CHARGE_VIEW)
def list_charges(request: ApiRequest, query: Query[ChargeFilter]) -> dict[str, object]:
    """A customer's charges with what each still owes, the newest first."""
    visible = Customer.objects.visible_to(request.user, BillingPermission.CHARGE_VIEW)
    customer = customer_named(visible, query.customer, field="customer")
    rows = Charge.objects.visible_to(request.user).filter(customer=customer)
    paid = {line.charge.pk: line for line in standing_of(rows).lines}
    return listing(rows, query, order=("-id",), show=lambda charge: _charge(paid[charge.pk]))


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


def _visible(request: ApiRequest) -> QuerySet[Payment]:
    return (
        Payment.objects.visible_to(request.user)
        .select_related("customer", "desk__node")
        .prefetch_related("lines__charge")
    )


def _charge(line: Owing) -> dict[str, object]:
    charge = line.charge
    return {"id": ident("chg", charge.pk), "number": charge.number, "item": charge.item, "amount": charge.amount, "paid": line.paid,
            "owed": line.owed, "status": charge.state, "recorded_at": charge.recorded_at}  # fmt: skip


def _show(payment: Payment) -> dict[str, object]:
    lines = [{"charge": line.charge.number, "amount": line.amount} for line in payment.lines.all()]
    return {"id": ident("pay", payment.pk), "number": payment.number, "customer": ident("cus", payment.customer_id), "day": payment.day,
            "method": payment.method, "amount": payment.amount, "change": payment.change, "reference": payment.reference,
            "status": payment.state, "taken_at": payment.at, "lines": lines}  # fmt: skip
