"""A stocked warehouse for stories: used by the tests of this module and of those above it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kefu.foundation.audit.trail import action
from kefu.organisation.models import Node, User
from kefu.products.models import Product, StorageClass
from kefu.stock.actions import Arrival, ZonePlan, open_warehouse, post_receipt
from kefu.stock.choices import ZonePurpose
from kefu.stock.models import Lot, Warehouse


def open_with_zones(*, node: Node, code: str, keeper: User, by: User, at: datetime, central: bool = False) -> Warehouse:
    """A warehouse with a normal, a cold and a quarantine zone; needs the shipped catalogue."""
    normal, cold = StorageClass.objects.get(code="normal"), StorageClass.objects.get(code="cold")
    zones = [
        ZonePlan(f"{code}-N", "常温区", normal, en="Normal"),
        ZonePlan(f"{code}-C", "冷藏区", cold, en="Cold"),
        ZonePlan(f"{code}-Q", "待处理区（隔离）", normal, en="Quarantine", purpose=ZonePurpose.QUARANTINE),
    ]
    return open_warehouse(
        code=code,
        zh=f"{node.zh}库房",
        en="Warehouse",
        node=node,
        zones=zones,
        keeper=keeper,
        central=central,
        by=by,
        at=at,
    )


def stock_in(
    warehouse: Warehouse,
    lots: Sequence[tuple[str, str, int, date | None]],
    *,
    by: User,
    at: datetime,
    received_on: date | None = None,
) -> dict[str, Lot]:
    """Book lots in, given as (product code, lot code, packs, expiry); answers the lots by code."""
    products = {product.code: product for product in Product.objects.filter(code__in={row[0] for row in lots})}
    arrivals = [Arrival(products[code], lot, packs, expiry, note="期初") for code, lot, packs, expiry in lots]
    _fill(warehouse=warehouse, arrivals=arrivals, received_on=received_on, by=by, at=at)
    return {lot.code: lot for lot in Lot.objects.filter(product__in=products.values())}


@action
def _fill(
    *, warehouse: Warehouse, arrivals: Sequence[Arrival], received_on: date | None, by: User, at: datetime
) -> None:
    """As it lay there when the story begins, also in the central warehouse."""
    post_receipt(warehouse=warehouse, arrivals=arrivals, received_on=received_on, by=by, at=at)
