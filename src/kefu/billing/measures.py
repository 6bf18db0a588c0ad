"""What customers are measured by from their charges: how much they bought, how many times, how often (CUS-017)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import ChargeState
from kefu.billing.models import Charge
from kefu.billing.models.charges import ChargeQuerySet
from kefu.customers.valuing import AMOUNT, Metric, register_metrics, weighing
from kefu.kernel.money import show

WEEKS, MONTHS, QUARTERS = 52, 12, 4
"""Parts of a year."""


def _due(ids: Sequence[int], since: datetime | None, until: datetime) -> ChargeQuerySet:
    rows = Charge.objects.filter(customer__in=ids, state=ChargeState.DUE, recorded_at__lt=until).order_by()
    return rows.filter(recorded_at__gte=since) if since else rows


def _amounts(ids: Sequence[int], since: datetime | None, until: datetime) -> Mapping[int, Decimal]:
    return dict(_due(ids, since, until).values_list("customer").annotate(total=Sum("amount")))


def _times(ids: Sequence[int], since: datetime | None, until: datetime) -> Mapping[int, Decimal]:
    counted = _due(ids, since, until).bought().values_list("customer").annotate(many=Count("pk"))
    return {pk: Decimal(many) for pk, many in counted}


def often(times: Decimal) -> str:
    """So many times in a year as a rhythm by week, month and quarter."""
    per = {name: f"{times / parts:.1f}" for name, parts in (("week", WEEKS), ("month", MONTHS), ("quarter", QUARTERS))}
    return gettext("每周 %(week)s 次，每月 %(month)s 次，每季 %(quarter)s 次") % per


SPENT, TIMES, OFTEN = _("累计消费金额"), _("购买次数"), _("购买频率（近 12 个月）")
register_metrics(
    Metric(AMOUNT, SPENT, weighing(AMOUNT, 10, SPENT), _amounts, spoken=show),
    Metric("purchases", TIMES, weighing("purchases", 10, TIMES), _times),
    Metric("frequency", OFTEN, weighing("frequency", 10, OFTEN), _times, yearly=True, spoken=often),
)
