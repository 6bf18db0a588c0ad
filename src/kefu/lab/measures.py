"""What customers are measured by from their test orders (CUS-017), and from when on a kit is waited for (STK-009)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from kefu.customers.valuing import Metric, register_metrics, weighing
from kefu.lab.choices import OrderStatus
from kefu.lab.models import Order, OrderItem
from kefu.lab.queries.addresses import KIND
from kefu.stock.measuring import register_order

NOT_BOUGHT = (OrderStatus.TESTS_ORDERED, OrderStatus.CANCELLED)


def _tests(ids: Sequence[int], since: datetime | None, until: datetime) -> Mapping[int, Decimal]:
    lines = OrderItem.objects.filter(order__customer__in=ids, removed_in__isnull=True, order__placed_at__lt=until)
    lines = lines.exclude(order__status__in=NOT_BOUGHT)
    lines = lines.filter(order__placed_at__gte=since) if since else lines
    counted = lines.order_by().values_list("order__customer").annotate(many=Count("item", distinct=True))
    return {pk: Decimal(many) for pk, many in counted}


TESTS = _("做过几种检测")
register_metrics(Metric("tests", TESTS, weighing("tests", 5, TESTS), _tests))
register_order(KIND, lambda order: Order.objects.filter(pk=order).values("placed_at"))
