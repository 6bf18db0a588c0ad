"""The test orders of customers who move to another place (ORG-013)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kefu.customers.moving import Carrying, Fate, Ids, OpenWork, keep_place, register_open_work
from kefu.lab.models import Order
from kefu.lab.sentences import OPEN_ORDERS, OPEN_ORDERS_NOTE, ORDERS_UNDER_WAY, ORDERS_UNDER_WAY_NOTE


def _waiting(ids: Ids, at: datetime) -> QuerySet[Order]:
    return Order.objects.filter(customer_id__in=ids, cancelled_at__isnull=True, kit_issued_at__isnull=True)


def _under_way(ids: Ids, at: datetime) -> QuerySet[Order]:
    """With a kit from the old place's store, or a sample or report on its way."""
    begun = Order.objects.filter(customer_id__in=ids, cancelled_at__isnull=True, kit_issued_at__isnull=False)
    return begun.filter(interpreted_at__isnull=True)


def _carry(carrying: Carrying) -> None:
    carrying.set(_waiting(carrying.customers, carrying.at), node_id=carrying.target.pk)


register_open_work(
    OpenWork("lab.waiting", 30, OPEN_ORDERS, Fate.FOLLOWS, OPEN_ORDERS_NOTE, _waiting, _carry),
    OpenWork("lab.under_way", 31, ORDERS_UNDER_WAY, Fate.STAYS, ORDERS_UNDER_WAY_NOTE, _under_way),
)
keep_place("lab.Order", "node", "follows while no kit is issued; afterwards its kits and papers are where it was begun")
