"""Purchases over the API."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet
from ninja import Router, Status

from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Count, Ident, In, Line, Money, Out
from kefu.kernel.ids import ident
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.sales import actions, reversals_api
from kefu.sales.choices import DeliveryMode
from kefu.sales.models import Purchase
from kefu.sales.permissions import SalesPermission
from kefu.sales.queries import total_of

router = Router(tags=["purchases"])
router.add_router("", reversals_api.router)


class PrescribedIn(In):
    """A product and its intake per day in pieces."""

    product: Ident
    intake_per_day: Count


class PurchaseIn(In):
    """A prescription."""

    customer: Ident
    doctor: Ident
    prescription: list[PrescribedIn]


class LineIn(In):
    """Packs of a prescribed product."""

    product: Ident
    quantity: Count


class LinesIn(In):
    """The packs the customer buys."""

    lines: list[LineIn]


class PurchaseSignatureIn(In):
    """Who signed; nobody named is the customer."""

    signed_by: Line | None = None


class DispatchIn(In):
    """How the goods leave, who collected them, and which packs of them; no lines are all that is open."""

    mode: DeliveryMode = DeliveryMode.HANDED
    carrier: Line | None = None
    waybill: Line | None = None
    collected_by: Line | None = None
    lines: list[LineIn] | None = None


class LineOut(Out):
    """A line with what was computed."""

    product: str
    quantity: int
    unit_price: Money
    days_of_supply: int


class PurchaseOut(Out):
    """A purchase with its computed total."""

    id: str
    number: str
    status: str
    status_label: str
    total: Money
    lines: list[LineOut]


@router.post("purchases", response={201: PurchaseOut, **RESPONSES}, operation_id="purchases_create")
@needs(SalesPermission.PRESCRIBE)
def create_purchase(request: ApiRequest, body: PurchaseIn) -> Status[object]:
    """The doctor prescribes products with intake."""
    customer = customer_named(Customer.objects.visible_to(request.user), body.customer, field="customer")
    doctor = reference(
        User.objects.filter(is_active=True, is_system=False), body.doctor, "usr", "job_number", field="doctor"
    )
    products = [
        actions.Prescribed(_product(line.product, "prescription"), line.intake_per_day) for line in body.prescription
    ]
    made = actions.prescribe(customer=customer, doctor=doctor, products=products, by=request.user, at=request.at)
    return Status(201, show(made))


@router.get("purchases/{purchase_id}", response={200: PurchaseOut, **RESPONSES}, operation_id="purchases_read")
@needs(SalesPermission.VIEW)
def read_purchase(request: ApiRequest, purchase_id: Line) -> dict[str, object]:
    """One purchase."""
    return show(_purchase(request, purchase_id))


@router.post("purchases/{purchase_id}/lines", response={200: PurchaseOut, **RESPONSES}, operation_id="purchases_lines")
@needs(SalesPermission.ENTER)
def enter_lines(request: ApiRequest, purchase_id: Line, body: LinesIn) -> dict[str, object]:
    """The health manager enters packs; total and days of supply are computed."""
    lines = [actions.Line(_product(line.product, "lines"), line.quantity) for line in body.lines]
    return show(
        actions.enter_lines(purchase=_purchase(request, purchase_id), lines=lines, by=request.user, at=request.at)
    )


@router.post(
    "purchases/{purchase_id}/signature", response={200: PurchaseOut, **RESPONSES}, operation_id="purchases_signature"
)
@needs(SalesPermission.ENTER)
def sign(request: ApiRequest, purchase_id: Line, body: PurchaseSignatureIn) -> dict[str, object]:
    """The customer signed the printed list."""
    return show(
        actions.sign(
            purchase=_purchase(request, purchase_id), signed_by=body.signed_by or "", by=request.user, at=request.at
        )
    )


@router.post(
    "purchases/{purchase_id}/dispatch", response={200: PurchaseOut, **RESPONSES}, operation_id="purchases_dispatch"
)
@needs(SalesPermission.DISPATCH)
def dispatch(request: ApiRequest, purchase_id: Line, body: DispatchIn) -> dict[str, object]:
    """Ship by the list; 409 `stock_short` says what is missing."""
    purchase = _purchase(request, purchase_id)
    rows = {line.product_id: line.pk for line in purchase.lines.all()}
    asked = {rows.get(_product(one.product, "lines").pk, 0): one.quantity for one in body.lines or []}
    actions.dispatch(
        purchase=purchase,
        mode=body.mode,
        carrier=body.carrier or "",
        waybill=body.waybill or "",
        collected_by=body.collected_by or "",
        packs=None if body.lines is None else asked,
        by=request.user,
        at=request.at,
    )
    purchase.refresh_from_db()
    return show(purchase)


def show(purchase: Purchase) -> dict[str, object]:
    """A purchase as the API tells it."""
    total: Decimal = total_of(purchase)
    lines = [
        {
            "product": line.product.code,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "days_of_supply": line.days_of_supply,
        }
        for line in purchase.lines.select_related("product")
    ]
    return {"id": ident("pur", purchase.pk), "number": purchase.number, "status": purchase.state,
            "status_label": purchase.get_state_display(), "total": total, "lines": lines}  # fmt: skip


def _purchase(request: ApiRequest, text: str) -> Purchase:
    visible: QuerySet[Purchase] = Purchase.objects.visible_to(request.user).select_related("customer__node")
    return reference(visible, text, "pur", "number")


def _product(text: str, field: str) -> Product:
    return reference(Product.objects.all(), text, "prd", "code", field=field)
