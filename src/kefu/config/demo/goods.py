"""Warehouses with their zones, and what their keepers booked in over time."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from kefu.config.demo.days import Days
from kefu.config.demo.supplying import holder, let_in, supplier_named
from kefu.config.demo.world import World
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, User
from kefu.products.models import Product, StorageClass
from kefu.purchasing.actions import Counted
from kefu.stock.actions import Arrival, ZonePlan, check_lot, open_warehouse, receive
from kefu.stock.choices import ZonePurpose
from kefu.stock.models import Lot, Warehouse

UNLOADED = time(10, 30)


def open_warehouses(*, world: World, by: User, at: datetime) -> None:
    """The central warehouse and one at each centre, each with a normal, a cold and a quarantine zone."""
    storages = {storage.code: storage for storage in StorageClass.objects.all()}
    for row in world.rows("warehouses"):
        zones = [
            ZonePlan(f"{row['code']}-{zone['suffix']}", zone["zh"], storages[zone["storage"]], en=zone["en"],
                     purpose=ZonePurpose(zone.get("purpose", "shelf")))
            for zone in world.rows("zones")
        ]  # fmt: skip
        open_warehouse(
            code=row["code"], zh=row["zh"], en=row["en"], node=Node.objects.get(code=row["node"]), zones=zones,
            keeper=User.objects.get(job_number=row["keeper"]), central=row.get("central", False), by=by, at=at,
        )  # fmt: skip


def arrival_of(world: World, row: dict[str, Any]) -> datetime:
    """When a receipt was booked in."""
    return datetime.combine(world.day(row["received_on"]), UNLOADED, SHANGHAI)


def book_in(world: World, row: dict[str, Any], at: datetime) -> None:
    """The keeper books one delivery in."""
    warehouse = Warehouse.objects.select_related("keeper", "node").get(code=row["warehouse"])
    products = Product.objects.select_related("storage").in_bulk(
        [code for code, *_rest in row["lots"]], field_name="code"
    )
    if warehouse.central:
        counted = [Counted(products[code], lot, packs, world.day(expiry)) for code, lot, expiry, packs in row["lots"]]
        let_in(
            warehouse, supplier_named(row["supplier"]), counted, reason=world.content["stocked"],
            manager=holder(world, "product_manager"), keeper=_keeper(warehouse), at=at,
        )  # fmt: skip
        return
    arrivals = [Arrival(products[code], lot, packs, world.day(expiry)) for code, lot, expiry, packs in row["lots"]]
    receive(
        warehouse=warehouse,
        arrivals=arrivals,
        supplier=row["supplier"],
        by=_keeper(warehouse),
        at=at,
    )


def checked_at(world: World, row: dict[str, Any]) -> datetime:
    """When a lot was looked at."""
    node = Warehouse.objects.select_related("node").get(code=row["warehouse"]).node
    return Days(world.today, calendar_for(node), ()).moment(str(row["days"]), "15:20")


def look_at(world: World, row: dict[str, Any], at: datetime) -> None:
    """The keeper looks at a lot and notes what was found."""
    warehouse = Warehouse.objects.select_related("keeper", "node").get(code=row["warehouse"])
    lot = Lot.objects.get(code=row["lot"], product__code=row["product"])
    check_lot(warehouse=warehouse, lot=lot, note=row["note"], by=_keeper(warehouse), at=at)


def _keeper(warehouse: Warehouse) -> User:
    if warehouse.keeper is None:
        raise ValueError(f"{warehouse.code} has no keeper")
    return warehouse.keeper
