"""What customers are measured by from their purchases (CUS-017), and from when on goods are waited for (STK-009)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from kefu.customers.valuing import Metric, register_metrics, weighing
from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase, PurchaseLine
from kefu.sales.queries.purchases import KIND
from kefu.stock.measuring import register_order

BOUGHT = (PurchaseState.SIGNED, PurchaseState.PARTLY, PurchaseState.DISPATCHED)


def _products(ids: Sequence[int], since: datetime | None, until: datetime) -> Mapping[int, Decimal]:
    lines = PurchaseLine.objects.filter(
        purchase__customer__in=ids,
        purchase__state__in=BOUGHT,
        purchase__signed_at__lt=until,
        quantity__gt=F("withdrawn") + F("returned"),
    )
    lines = lines.filter(purchase__signed_at__gte=since) if since else lines
    counted = lines.order_by().values_list("purchase__customer").annotate(many=Count("product", distinct=True))
    return {pk: Decimal(many) for pk, many in counted}


PRODUCTS = _("买过几种产品")
register_metrics(Metric("products", PRODUCTS, weighing("products", 5, PRODUCTS), _products))
register_order(KIND, lambda purchase: Purchase.objects.filter(pk=purchase).values("signed_at"))
