"""Orders and deliveries over the API: sending, facts, closing; registering, counting by two, stock-in."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query, Router, Status
from pydantic import Field

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Moment, Money, Nothing, Out, Text
from kefu.kernel.ids import ident
from kefu.products.models import Product
from kefu.purchasing import actions, queries
from kefu.purchasing.actions import Counted, Known
from kefu.purchasing.choices import FactKind, Side
from kefu.purchasing.models import Delivery, PurchaseOrder
from kefu.purchasing.permissions import PurchasingPermission
from kefu.stock.models import Warehouse

router = Router(tags=["purchasing"])
ORDER, DELIVERY = "por", "pdl"
ARRIVING = (PurchasingPermission.PLAN_VIEW, PurchasingPermission.COUNT)
ACT, COUNT = PurchasingPermission.PLAN_ACT, PurchasingPermission.COUNT
Short = Annotated[str, Field(max_length=60)]
Words = Annotated[str, Field(max_length=200)]


class PurchaseOrderFilter(Page):
    """All orders, or those that are late."""

    late: bool = False


class PurchaseOrderLineOut(Out):
    """A line of an order with what came."""

    product: str
    article: str
    packs: int
    received: int
    price: Money


class OrderFactOut(Out):
    """What became known of an order."""

    kind: str
    on: Day
    expected_on: Day | None
    carrier: str
    waybill: str
    note: str


class PurchaseOrderOut(Out):
    """An order as it is listed."""

    id: str
    number: str
    supplier: str
    warehouse: str
    state: str
    expected_on: Day
    at: Moment
    amount: Money


class PurchaseOrderFullOut(PurchaseOrderOut):
    """An order with its lines and facts, the latest fact first."""

    lines: list[PurchaseOrderLineOut]
    facts: list[OrderFactOut]


class OrderSendingIn(In):
    """Where to mail the order; left out, to the supplier's address."""

    to: Annotated[str, Field(max_length=254)] = ""


class OrderFactIn(In):
    """What became known: `confirmed` and `delayed` need `expected_on`, `shipped` a `carrier`."""

    kind: Literal["transmitted", "received", "confirmed", "delayed", "shipped", "underway"]
    on: Day
    expected_on: Day | None = None
    carrier: Short = ""
    waybill: Short = ""
    note: Words = ""


class OrderClosingIn(In):
    """Why."""

    reason: Annotated[Text, Field(max_length=200)]


class DeliveryIn(In):
    """What arrived of an order."""

    order: Ident
    arrived_on: Day | None = None
    waybill: Short = ""


class CountedIn(In):
    """One lot: packs in order and damaged ones."""

    product: Ident
    lot: Annotated[Text, Field(max_length=40)]
    expiry: Day | None = None
    packs: Annotated[int, Field(ge=0, le=1_000_000)]
    damaged: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    note: Words = ""


class ConfirmationIn(In):
    """What one of the two counted, under the name of the token's owner."""

    side: Literal["keeper", "product"]
    lines: Annotated[list[CountedIn], Field(min_length=1, max_length=100)]


class DeliveryOut(Out):
    """A delivery as it is listed, with the slip once it is booked in."""

    id: str
    number: str
    order: str | None
    supplier: str
    warehouse: str
    arrived_on: Day
    state: str
    receipt: str | None


class DeliveryFullOut(DeliveryOut):
    """A delivery with who has confirmed for which side, and whether the figures agree: null until both have."""

    keeper: str | None
    product: str | None
    agreed: bool | None


@router.get(
    "purchase-orders", response={200: Listing[PurchaseOrderOut], **RESPONSES}, operation_id="purchase_orders_list"
)
@needs(*ARRIVING)
def list_orders(request: ApiRequest, query: Query[PurchaseOrderFilter]) -> dict[str, object]:
    """The orders within reach, newest first."""
    rows = queries.orders_listed(request.user, {"state": queries.LATE if query.late else ""}, request.at)
    return listing(rows, query, order=("-id",), show=_brief_order)


@router.get(
    "purchase-orders/{order_id}", response={200: PurchaseOrderFullOut, **RESPONSES}, operation_id="purchase_orders_show"
)
@needs(*ARRIVING)
def show_order(request: ApiRequest, order_id: str) -> dict[str, object]:
    """An order."""
    return _show_order(_order(request, order_id))


@router.post(
    "purchase-orders/{order_id}/sendings",
    response={200: PurchaseOrderFullOut, **RESPONSES},
    operation_id="purchase_orders_send",
)
@needs(ACT)
def send_order(request: ApiRequest, order_id: str, body: OrderSendingIn) -> dict[str, object]:
    """Mail the order with its PDF; it counts as sent once the mail server has taken it."""
    actions.send_order(order=_order(request, order_id), to=body.to, by=request.user, at=request.at)
    return _show_order(_order(request, order_id))


@router.post(
    "purchase-orders/{order_id}/facts",
    response={200: PurchaseOrderFullOut, **RESPONSES},
    operation_id="purchase_orders_fact",
)
@needs(ACT)
def record_fact(request: ApiRequest, order_id: str, body: OrderFactIn) -> dict[str, object]:
    """Keep what became known of an order on its way."""
    known = Known(FactKind(body.kind), body.on, body.expected_on, body.carrier, body.waybill, body.note)
    actions.record_fact(order=_order(request, order_id), known=known, by=request.user, at=request.at)
    return _show_order(_order(request, order_id))


@router.post(
    "purchase-orders/{order_id}/closing",
    response={200: PurchaseOrderFullOut, **RESPONSES},
    operation_id="purchase_orders_close",
)
@needs(ACT)
def close_order(request: ApiRequest, order_id: str, body: OrderClosingIn) -> dict[str, object]:
    """No more will come of it."""
    actions.close_order(order=_order(request, order_id), reason=body.reason, by=request.user, at=request.at)
    return _show_order(_order(request, order_id))


@router.get(
    "purchase-deliveries", response={200: Listing[DeliveryOut], **RESPONSES}, operation_id="purchase_deliveries_list"
)
@needs(*ARRIVING)
def list_deliveries(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """The deliveries within reach, newest first."""
    return listing(queries.deliveries_listed(request.user, {}, request.at), query, order=("-id",), show=_brief_delivery)


@router.post(
    "purchase-deliveries", response={201: DeliveryFullOut, **RESPONSES}, operation_id="purchase_deliveries_create"
)
@needs(COUNT)
def create_delivery(request: ApiRequest, body: DeliveryIn) -> Status[dict[str, object]]:
    """Goods of an order have arrived."""
    order = reference(queries.orders_listed(request.user, {}, request.at), body.order, ORDER, "number", field="order")
    made = actions.register_delivery(
        warehouse=Warehouse.objects.get(pk=order.warehouse_id), supplier=order.supplier, order=order,
        arrived_on=body.arrived_on, waybill=body.waybill, by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, _show_delivery(made))


@router.get(
    "purchase-deliveries/{delivery_id}",
    response={200: DeliveryFullOut, **RESPONSES},
    operation_id="purchase_deliveries_show",
)
@needs(*ARRIVING)
def show_delivery(request: ApiRequest, delivery_id: str) -> dict[str, object]:
    """A delivery."""
    return _show_delivery(_delivery(request, delivery_id))


@router.post(
    "purchase-deliveries/{delivery_id}/confirmations",
    response={200: DeliveryFullOut, **RESPONSES},
    operation_id="purchase_deliveries_confirm",
)
@needs(COUNT)
def confirm_delivery(request: ApiRequest, delivery_id: str, body: ConfirmationIn) -> dict[str, object]:
    """One of the two confirms what he or she counted."""
    products = Product.objects.filter(active=True)
    lines = [
        Counted(
            reference(products, row.product, "prd", "code", field="product"), row.lot, row.packs, row.expiry,
            row.damaged, row.note,
        )
        for row in body.lines
    ]  # fmt: skip
    one = _delivery(request, delivery_id)
    actions.count_delivery(delivery=one, side=Side(body.side), lines=lines, by=request.user, at=request.at)
    return _show_delivery(one)


@router.post(
    "purchase-deliveries/{delivery_id}/stock-in",
    response={200: DeliveryFullOut, **RESPONSES},
    operation_id="purchase_deliveries_book",
)
@needs(COUNT)
def book_delivery(request: ApiRequest, delivery_id: str, body: Nothing) -> dict[str, object]:
    """Book in what both counted the same."""
    actions.book_delivery(delivery=_delivery(request, delivery_id), by=request.user, at=request.at)
    return _show_delivery(_delivery(request, delivery_id))


def _order(request: ApiRequest, order_id: str) -> PurchaseOrder:
    return reference(queries.orders_listed(request.user, {}, request.at), order_id, ORDER, "number")


def _delivery(request: ApiRequest, delivery_id: str) -> Delivery:
    return reference(queries.deliveries_listed(request.user, {}, request.at), delivery_id, DELIVERY, "number")


def _brief_order(one: PurchaseOrder) -> dict[str, object]:
    return {
        "id": ident(ORDER, one.pk), "number": one.number, "supplier": one.supplier.institution.code,
        "warehouse": one.warehouse.code, "state": one.state, "expected_on": one.expected_on, "at": one.at,
        "amount": queries.amount_of(one),
    }  # fmt: skip


def _show_order(one: PurchaseOrder) -> dict[str, object]:
    lines = [
        {
            "product": row.line.supply.product.code, "article": row.line.supply.article, "packs": row.line.packs,
            "received": row.received, "price": row.line.price,
        }
        for row in queries.rows_of(one)
    ]  # fmt: skip
    told = ("kind", "on", "expected_on", "carrier", "waybill", "note")
    facts = [{name: getattr(fact, name) for name in told} for fact in queries.facts_of(one)]
    return _brief_order(one) | {"lines": lines, "facts": facts}


def _brief_delivery(one: Delivery) -> dict[str, object]:
    accepted = getattr(one, "acceptance", None)
    return {
        "id": ident(DELIVERY, one.pk), "number": one.number, "order": one.order.number if one.order else None,
        "supplier": one.supplier.institution.code, "warehouse": one.warehouse.code, "arrived_on": one.arrived_on,
        "state": one.state, "receipt": accepted.receipt.number if accepted else None,
    }  # fmt: skip


def _show_delivery(one: Delivery) -> dict[str, object]:
    counts = queries.latest_counts(one)
    keeper, product = counts.get(Side.KEEPER), counts.get(Side.PRODUCT)
    return _brief_delivery(one) | {
        "keeper": keeper.by.job_number if keeper else None,
        "product": product.by.job_number if product else None,
        "agreed": keeper.digest == product.digest if keeper and product else None,
    }
