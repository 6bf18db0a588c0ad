"""What customers themselves are measured by: how long they are with us, whom they brought (CUS-017)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Count
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer, Referral
from kefu.customers.valuing import Metric, register_metrics, weighing


def _days_with_us(ids: Sequence[int], since: datetime | None, until: datetime) -> Mapping[int, Decimal]:
    opened = Customer.objects.filter(pk__in=ids, archive_opened_at__lt=until).values_list("pk", "archive_opened_at")
    return {pk: Decimal((until - max(at, since or at)).days) for pk, at in opened if at is not None}


def _brought(ids: Sequence[int], since: datetime | None, until: datetime, *, persons: bool) -> Mapping[int, Decimal]:
    rows = Referral.objects.filter(referrer__in=ids, on__lt=localdate(until))
    rows = rows.filter(on__gte=localdate(since)) if since else rows
    counted = Count("referred", distinct=True) if persons else Count("pk")
    return {pk: Decimal(many) for pk, many in rows.order_by().values_list("referrer").annotate(many=counted)}


def _occasions(ids: Sequence[int], since: datetime | None, until: datetime) -> Mapping[int, Decimal]:
    return _brought(ids, since, until, persons=False)


def _persons(ids: Sequence[int], since: datetime | None, until: datetime) -> Mapping[int, Decimal]:
    return _brought(ids, since, until, persons=True)


TIME, OCCASIONS, PERSONS = _("成为客户的天数"), _("介绍客户的次数"), _("介绍来的人数")
register_metrics(
    Metric(
        "time",
        TIME,
        weighing("time", 10, TIME),
        _days_with_us,
        spoken=lambda days: gettext("%(days)d 天") % {"days": days},
    ),
    Metric("referral_occasions", OCCASIONS, weighing("referral_occasions", 5, OCCASIONS), _occasions),
    Metric("referral_persons", PERSONS, weighing("referral_persons", 5, PERSONS), _persons),
)
