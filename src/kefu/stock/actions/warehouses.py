"""Opening warehouses with their zones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node, User
from kefu.products.models import StorageClass
from kefu.stock.choices import ZonePurpose
from kefu.stock.models import Warehouse, Zone
from kefu.stock.permissions import StockPermission


@dataclass(frozen=True)
class ZonePlan:
    """A zone as it is planned: its climate, and what it is for."""

    code: str
    zh: str
    storage: StorageClass
    en: str = ""
    purpose: ZonePurpose = ZonePurpose.SHELF


@action
def open_warehouse(
    *,
    code: str,
    zh: str,
    node: Node,
    zones: Sequence[ZonePlan],
    by: User,
    at: datetime,
    en: str = "",
    keeper: User | None = None,
    central: bool = False,
) -> Warehouse:
    """Open a warehouse of a node with its zones (STK-008, STK-012).

    `central` puts it under the rights for central stock. Raises Invalid for a code already used or without any zone.
    """
    require(by, StockPermission.WAREHOUSE_OPEN)
    if not zones:
        raise Invalid.one("zones", "required", _("至少要有一个库区"))
    if Warehouse.objects.filter(code=code).exists():
        raise Invalid.one("code", "taken", _("这个编码已经有库房在用"))
    warehouse = Warehouse.objects.create(code=code, zh=zh, en=en, node=node, keeper=keeper, central=central)
    Zone.objects.bulk_create(
        Zone(code=z.code, zh=z.zh, en=z.en, warehouse=warehouse, storage=z.storage, purpose=z.purpose) for z in zones
    )
    record(
        "stock.warehouse.opened",
        by=by,
        at=at,
        subject=Subject("stock.warehouse", warehouse.pk),
        node_id=node.pk,
        changes={"code": (None, code), "zones": (None, "、".join(zone.code for zone in zones))},
    )
    return warehouse


@action
def appoint_keeper(*, warehouse: Warehouse, keeper: User | None, by: User, at: datetime) -> Warehouse:
    """Say who keeps a warehouse; what that person may do comes from the role, not from here."""
    require(by, StockPermission.WAREHOUSE_OPEN)
    return pass_keys(warehouse=warehouse, keeper=keeper, by=by, at=at)


@within_action
def pass_keys(*, warehouse: Warehouse, keeper: User | None, by: User, at: datetime) -> Warehouse:
    """The same for a keeper who leaves, decided by whoever arranges that."""
    current = Warehouse.objects.select_for_update(no_key=True).get(pk=warehouse.pk)
    if current.keeper_id == (keeper.pk if keeper else None):
        nothing_changed()
        return current
    before = current.keeper.job_number if current.keeper else None
    current.keeper = keeper
    current.save(update_fields=["keeper"])
    record(
        "stock.warehouse.keeper",
        by=by,
        at=at,
        subject=Subject("stock.warehouse", current.pk),
        node_id=current.node_id,
        changes={"keeper": (before, keeper.job_number if keeper else None)},
    )
    return current
