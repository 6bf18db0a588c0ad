"""Moving goods to another zone, and changing the state they are in (STK-008, STK-009)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.actions.ledger import Entry, Place, book, hold, places
from kefu.stock.actions.reserving import give_way
from kefu.stock.choices import NOT_THERE, MoveKind, Quality, ZonePurpose
from kefu.stock.fitting import fits, wrong_zone
from kefu.stock.models import Balance, Zone


@action
def move_zone(*, balance: Balance, packs: int, zone: Zone, reason: str, by: User, at: datetime) -> Balance:
    """Move packs to another zone of the same warehouse; answers the balance they are in now.

    Raises Invalid without a reason, Refused "wrong_climate", "stock_short", "nothing_to_move".
    """
    return shift(balance, packs, zone, Quality(balance.quality), MoveKind.RELOCATION, reason, by, at)


@action
def change_quality(
    *,
    balance: Balance,
    packs: int,
    quality: Quality,
    reason: str,
    by: User,
    at: datetime,
    zone: Zone | None = None,
) -> Balance:
    """Put packs into another state. Unless told otherwise, goods that are no longer good go to the quarantine zone, and
    goods that are good again to where the product belongs. Raises as `move_zone`.
    """
    target = zone or usual_zone(balance, quality)
    return shift(balance, packs, target, quality, MoveKind.QUALITY, reason, by, at)


@within_action
def usual_zone(balance: Balance, quality: Quality) -> Zone:
    """Where packs belong once they are in this state. Raises Refused "wrong_climate" where no zone fits."""
    zones = list(balance.warehouse.own_zones.order_by("code"))
    if quality != Quality.GOOD:
        return next((zone for zone in zones if zone.purpose == ZonePurpose.QUARANTINE), balance.zone)
    if balance.zone.is_shelf:
        return balance.zone
    home = next((zone for zone in zones if zone.is_shelf and fits(balance.product, zone)), None)
    if home is None:
        raise Refused("wrong_climate", _("这个库房没有适合的库区"))
    return home


@within_action
def shift(
    balance: Balance,
    packs: int,
    zone: Zone,
    quality: Quality,
    kind: MoveKind,
    reason: str,
    by: User,
    at: datetime,
    subject: Subject | None = None,
) -> Balance:
    """Book packs from a place and state to another; the move names `subject`, else the balance they leave.

    Of goods that are not good, packs are set aside only to be destroyed: those stay.
    """
    balance = Balance.objects.select_related("warehouse", "product__storage", "lot", "zone").get(pk=balance.pk)
    warehouse = balance.warehouse
    require(by, warehouse.keep_permission, node_id=warehouse.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("原因还没填"))
    if packs < 1:
        raise Invalid.one("packs", "min_value", _("数量至少是 1"))
    if zone.warehouse_id != warehouse.pk or zone.purpose in NOT_THERE:
        raise Invalid.one("zone", "other_warehouse", _("只能移到同一个库房的库区"))
    if not fits(balance.product, zone):
        raise Refused("wrong_climate", wrong_zone(balance.product, zone))
    (to,) = places([Place(zone, balance.lot, quality)])
    if to == balance.pk:
        raise Refused("nothing_to_move", _("已经在这个库区、这个状态，不用改"))
    target = Balance(
        pk=to, warehouse=warehouse, product=balance.product, zone=zone, lot=balance.lot, quality=str(quality)
    )
    hold([balance, target])
    fact = kind == MoveKind.QUALITY and balance.quality == Quality.GOOD
    there = balance.quantity if fact else balance.free
    if there < packs:
        raise Refused(
            "stock_short", _("现在只有 %(available)s，没有这么多") % {"available": there}, {"available": there}
        )
    give_way(balance=balance, packs=packs, by=by, at=at)
    subject = subject or Subject("stock.balance", balance.pk)
    told = reason.strip()
    book([Entry(balance.pk, -packs, told), Entry(to, packs, told)], kind=kind, subject=subject, by=by, at=at)
    changes = {
        "packs": (None, packs),
        "zone": (balance.zone.code, zone.code),
        "quality": (balance.quality, str(quality)),
    }
    record(f"stock.{kind}", by=by, at=at, subject=subject, node_id=warehouse.node_id, reason=told, changes=changes)
    target.quantity += packs
    return target
