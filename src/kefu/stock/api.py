"""Stock over the API."""

from __future__ import annotations

from typing import Annotated

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Router, Status
from pydantic import Field

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Moment, Name, Out, Text
from kefu.kernel.ids import ident
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock import actions, climate_api, destructions_api, measures_api, stocktakes_api
from kefu.stock.models import Balance, Lot, Recall, Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import may_leave, recalls_listed

router = Router(tags=["stock"])
router.add_router("", climate_api.router)
router.add_router("", stocktakes_api.router)
router.add_router("", destructions_api.router)
router.add_router("", measures_api.router)


class StockFilter(Page):
    """A product and a warehouse, each by id or code."""

    product: Ident | None = None
    warehouse: Ident | None = None


class StockOut(Out):
    """Packs of one lot in one zone and state; `available` is what of them may leave today."""

    warehouse: str
    zone: str
    product: str
    name: str
    lot: str
    expiry: Day | None
    received_on: Day
    quality: str
    quantity: int
    available: int


@router.get("stock", response={200: Listing[StockOut], **RESPONSES}, operation_id="stock_list")
@needs(StockPermission.CENTRAL_VIEW, StockPermission.BRANCH_VIEW)
def list_stock(request: ApiRequest, query: Query[StockFilter]) -> dict[str, object]:
    """What lies in the warehouses within reach, lot by lot."""
    today = timezone.localdate(request.at)
    return listing(_rows(request.user, query), query, order=("id",), show=lambda row: _show(row, may_leave(row, today)))


def _rows(user: User, query: StockFilter) -> QuerySet[Balance]:
    warehouses = Warehouse.objects.visible_to(user)
    rows = Balance.objects.filter(quantity__gt=0, warehouse__in=warehouses)
    if query.warehouse is not None:
        rows = rows.filter(warehouse=reference(warehouses, query.warehouse, "whs", "code", field="warehouse"))
    if query.product is not None:
        rows = rows.filter(product=reference(Product.objects.all(), query.product, "prd", "code", field="product"))
    return rows.select_related("warehouse", "zone", "product", "lot")


def _show(row: Balance, leaves: bool) -> dict[str, object]:
    return {
        "warehouse": row.warehouse.code,
        "zone": row.zone.code,
        "product": row.product.code,
        "name": row.product.label,
        "lot": row.lot.code,
        "expiry": row.lot.expiry,
        "received_on": row.lot.received_on,
        "quality": row.quality,
        "quantity": row.quantity,
        "available": row.quantity if leaves else 0,
    }


class RecallIn(In):
    """A lot to call back."""

    product: Ident
    lot: Name
    reason: Annotated[Text, Field(max_length=200)]
    reference: Annotated[Text, Field(max_length=100)] = ""


class RecallOut(Out):
    """A recalled lot; `lifted_at` says when it was found to be good after all."""

    id: str
    product: str
    lot: str
    reason: str
    reference: str
    at: Moment
    lifted_at: Moment | None
    lift_reason: str


@router.get("stock-recalls", response={200: Listing[RecallOut], **RESPONSES}, operation_id="stock_recalls_list")
@needs(StockPermission.CENTRAL_VIEW, StockPermission.BRANCH_VIEW)
def list_recalls(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """The recalled lots within reach, newest first."""
    return listing(recalls_listed(request.user, {}, request.at), query, order=("-id",), show=_show_recall)


@router.post("stock-recalls", response={201: RecallOut, **RESPONSES}, operation_id="stock_recalls_create")
@needs(StockPermission.LOT_RECALL)
def create_recall(request: ApiRequest, body: RecallIn) -> Status[dict[str, object]]:
    """Call a lot back; from now on none of it leaves."""
    product = reference(Product.objects.all(), body.product, "prd", "code", field="product")
    lot = reference(Lot.objects.filter(product=product), body.lot, "lot", "code", field="lot")
    made = actions.recall(lot=lot, reason=body.reason, reference=body.reference, by=request.user, at=request.at)
    return Status(201, _show_recall(made))


def _show_recall(row: Recall) -> dict[str, object]:
    return {
        "id": ident("rec", row.pk),
        "product": row.lot.product.code,
        "lot": row.lot.code,
        "reason": row.reason,
        "reference": row.reference,
        "at": row.at,
        "lifted_at": row.lifted_at,
        "lift_reason": row.lift_reason,
    }
