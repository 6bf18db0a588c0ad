"""The purchases of customers who move to another place: what has not left yet leaves from there (ORG-013)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kefu.customers.moving import Carrying, Fate, Ids, OpenWork, keep_place, register_open_work
from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase
from kefu.sales.sentences import OPEN_PURCHASES, OPEN_PURCHASES_NOTE

NOT_GONE = (PurchaseState.PRESCRIBED, PurchaseState.ENTERED, PurchaseState.SIGNED, PurchaseState.PARTLY)


def _open(ids: Ids, at: datetime) -> QuerySet[Purchase]:
    return Purchase.objects.filter(customer_id__in=ids, state__in=NOT_GONE)


def _carry(carrying: Carrying) -> None:
    carrying.set(_open(carrying.customers, carrying.at), node_id=carrying.target.pk)


register_open_work(OpenWork("sales", 40, OPEN_PURCHASES, Fate.FOLLOWS, OPEN_PURCHASES_NOTE, _open, _carry))
keep_place("sales.Purchase", "node", "follows until it is dispatched; afterwards it says where it was sold")
