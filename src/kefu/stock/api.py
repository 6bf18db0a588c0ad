"""Stock over the API."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Router

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, Out
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock.models import Balance, Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import may_leave

router = Router(tags=["stock"])


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
