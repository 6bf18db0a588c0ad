"""What customers signed for that has neither left nor been set aside: asked for by requisitions and purchases."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase, PurchaseLine
from kefu.stock.choices import ReservationState
from kefu.stock.demand import register_demand
from kefu.stock.models import Reservation, Warehouse
from kefu.stock.queries import warehouse_for


def waiting(warehouse: Warehouse, _at: datetime) -> Counter[int]:
    """Packs by product id of signed purchases at the places this warehouse serves."""
    signed = Purchase.objects.filter(state=PurchaseState.SIGNED)
    nodes = [
        node
        for node in signed.order_by().values_list("node_id", flat=True).distinct()
        if warehouse_for(node) == warehouse
    ]
    aside = Reservation.objects.filter(subject_kind="sales.purchase", state=ReservationState.OPEN).values("subject_id")
    lines = PurchaseLine.objects.filter(purchase__in=signed.filter(node__in=nodes).exclude(pk__in=aside)).order_by()
    packs: Counter[int] = Counter()
    for product, count in lines.values_list("product_id", "quantity"):
        packs[product] += count
    return packs


register_demand("sales", waiting)
