"""The pick list of a requisition: what was set aside, in the order in which one walks past it (STK-005)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from kefu.foundation.audit.trail import Subject
from kefu.requisitions.choices import PackingPoint
from kefu.requisitions.limits import PACKING
from kefu.requisitions.models import Picked, Requisition
from kefu.requisitions.rules import points
from kefu.stock.choices import ReservationState
from kefu.stock.models import Reservation

KIND = "requisitions.requisition"


@dataclass(frozen=True)
class PickRow:
    """Packs to take from one place, and how they were picked, if they were."""

    reservation: Reservation
    picked: Picked | None

    @property
    def done(self) -> bool:
        """Whether exactly what is set aside was picked."""
        return self.picked is not None and self.picked.packs == self.reservation.packs


def set_aside(requisition: Requisition) -> list[Reservation]:
    """What is set aside for a requisition, by zone, product and lot."""
    rows = Reservation.objects.filter(
        subject_kind=KIND, subject_id=requisition.pk, state=ReservationState.OPEN
    ).select_related("balance__zone", "balance__lot", "balance__product__storage")
    return list(rows.order_by("balance__zone__code", "balance__product__code", "balance__lot__code", "pk"))


def pick_rows(requisition: Requisition) -> list[PickRow]:
    """The pick list with what was picked of it."""
    picked = {one.reservation_id: one for one in requisition.picked.select_related("by")}
    return [PickRow(row, picked.get(row.pk)) for row in set_aside(requisition)]


def missing(requisition: Requisition, rows: Sequence[PickRow]) -> dict[int, int]:
    """Packs approved and not set aside any more, by product id."""
    approved = dict(requisition.lines.order_by().values_list("product_id").annotate(packs=Sum("approved")))
    for row in rows:
        approved[row.reservation.balance.product_id] -= row.reservation.packs
    return {product: packs for product, packs in approved.items() if packs and packs > 0}


def packing_points(requisition: Requisition, rows: Sequence[PickRow], at: datetime) -> list[PackingPoint]:
    """What has to be looked at before these goods leave: nothing unless something among them is fragile (STK-007)."""
    if not any(row.reservation.balance.product.fragile for row in rows):
        return []
    wanted = points(PACKING.on(at, node_id=requisition.source.node_id), PackingPoint.values)
    return [PackingPoint(point) for point in wanted]


def subject_of(requisition: Requisition) -> Subject:
    """What stock, trail and prints know a requisition by."""
    return Subject(KIND, requisition.pk)
