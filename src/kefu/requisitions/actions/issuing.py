"""Packing, waybills, and the moment the goods leave (STK-006, STK-007)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, record
from kefu.foundation.sentences.saying import plain
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.requisitions.actions.stepping import held, step
from kefu.requisitions.choices import UNDER_WAY, PackingPoint, State, StepKind
from kefu.requisitions.models import PackingTick, Parcel, Requisition, ShippedLine
from kefu.requisitions.queries import packing_points, pick_rows, subject_of
from kefu.requisitions.sentences import TRANSFER
from kefu.stock.actions import Shipped, transfer

MOST_BOXES = 999


@action
def tick_packing(*, requisition: Requisition, point: PackingPoint, by: User, at: datetime) -> PackingTick:
    """Say that a point of the packing checklist was looked at (STK-007). Raises Refused "wrong_state" or "ticked"."""
    require(by, requisition.source.keep_permission, node_id=requisition.source.node_id)
    current = held(requisition, State.APPROVED)
    if current.ticks.filter(point=point).exists():
        raise Refused("ticked", _("“%(point)s”已经核对过了") % {"point": PackingPoint(point).label})
    made = PackingTick.objects.create(requisition=current, point=point, by=by, at=at)
    record(
        "requisitions.packing_ticked", by=by, at=at, subject=subject_of(current), node_id=current.source.node_id,
        changes={"point": (None, str(point))},
    )  # fmt: skip
    return made


@action
def add_parcel(*, requisition: Requisition, carrier: str, waybill: str, boxes: int, by: User, at: datetime) -> Parcel:
    """Note boxes under a waybill, before or after the goods leave. Raises Invalid without a carrier or for impossible boxes,
    Refused "known_waybill".
    """
    require(by, requisition.source.keep_permission, node_id=requisition.source.node_id)
    if not carrier.strip():
        raise Invalid.one("carrier", "required", _("承运还没填；自己送请写姓名"))
    if not 1 <= boxes <= MOST_BOXES:
        raise Invalid.one("boxes", "range", _("箱数要在 1 到 %(most)s 之间") % {"most": MOST_BOXES})
    current = held(requisition, State.APPROVED, *UNDER_WAY)
    given = {"carrier": carrier.strip()[:60], "waybill": waybill.strip()[:60]}
    if current.parcels.filter(**given).exists():
        raise Refused("known_waybill", _("这个运单号已经记过了"))
    made = Parcel.objects.create(requisition=current, boxes=boxes, by=by, at=at, **given)
    record(
        "requisitions.parcel_added", by=by, at=at, subject=subject_of(current), node_id=current.source.node_id,
        changes={"carrier": (None, made.carrier), "waybill": (None, made.waybill), "boxes": (None, boxes)},
    )  # fmt: skip
    return made


@action
def issue_goods(*, requisition: Requisition, by: User, at: datetime) -> Requisition:
    """Send what was picked on its way, with an issue slip; from now on it lies in the transit zone of where it goes.

    Raises Refused "not_picked" while a line is not, "not_packed" while a point of the checklist is open, "no_parcel" before anybody
    said who carries it, "nothing_to_issue", "lot_not_available", "wrong_state".
    """
    require(by, requisition.source.keep_permission, node_id=requisition.source.node_id)
    current = held(requisition, State.APPROVED)
    rows = pick_rows(current)
    if left := [row for row in rows if not row.done]:
        told = "、".join(row.reservation.balance.lot.code for row in left[:10])
        raise Refused("not_picked", _("还没拣完，或者拣完以后留货变了：%(lots)s") % {"lots": told})
    ticked = set(current.ticks.values_list("point", flat=True))
    if unpacked := [point for point in packing_points(current, rows, at) if point not in ticked]:
        told = "、".join(str(point.label) for point in unpacked)
        raise Refused("not_packed", _("有易碎品，打包还没核对：%(points)s") % {"points": told})
    if not current.parcels.exists():
        raise Refused("no_parcel", _("还没写谁承运、几箱"))
    picked = {row.reservation.pk: row.reservation.packs for row in rows}
    current.slip, shipped = transfer(
        source=current.source, to=current.target, subject=subject_of(current),
        purpose=str(TRANSFER(number=plain(current.number))), by=by, at=at,
    )  # fmt: skip
    if {one.reservation.pk: one.reservation.packs for one in shipped} != picked:
        raise Refused("not_picked", _("刚才留货变了，请刷新再核对一遍"))
    _write(current, shipped)
    current.open_packs = current.shipped.aggregate(all=Sum("packs"))["all"]
    step(current, StepKind.ISSUED, State.ISSUED, by=by, at=at, slip=current.slip.number, packs=current.open_packs)
    return current


def _write(current: Requisition, shipped: list[Shipped]) -> None:
    by_lot: dict[int, ShippedLine] = {}
    for one in shipped:
        lot = one.reservation.balance.lot
        line = by_lot.setdefault(lot.pk, ShippedLine(requisition=current, lot=lot, balance_id=one.balance_id, packs=0))
        line.packs += one.reservation.packs
    ShippedLine.objects.bulk_create(by_lot.values())
