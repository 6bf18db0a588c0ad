"""The criteria that charges bring: what customers contributed, how often, how much and when they bought (CUS-011)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, IntegerField, Max, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import ChargeState
from kefu.billing.models import Charge
from kefu.billing.permissions import BillingPermission
from kefu.customers.segmenting import Criterion, Customers, Given, between, register_criteria

YEAR = timedelta(days=365)
MONEY = DecimalField(max_digits=12, decimal_places=2)


def _due(on: date, since: timedelta | None = None, *, bought: bool = False) -> Any:
    """Charges of the customer in the outer query that are due, by customer; only the latest when a span is given.

    With `bought` only those of which something was kept, without the reversals.
    """
    rows = Charge.objects.filter(customer=OuterRef("pk"), state=ChargeState.DUE)
    rows = rows.bought() if bought else rows
    rows = rows.filter(recorded_at__date__gt=on - since) if since else rows
    return rows.order_by().values("customer")


def _by_total(customers: Customers, given: Given, on: date) -> Customers:
    spent = Subquery(_due(on).annotate(total=Sum("amount")).values("total"), output_field=MONEY)
    return between(
        customers.annotate(spent_ever=Coalesce(spent, Value(Decimal(0)), output_field=MONEY)), "spent_ever", given
    )


def _by_amount(customers: Customers, given: Given, on: date) -> Customers:
    spent = Subquery(_due(on, YEAR).annotate(total=Sum("amount")).values("total"), output_field=MONEY)
    return between(
        customers.annotate(spent_year=Coalesce(spent, Value(Decimal(0)), output_field=MONEY)), "spent_year", given
    )


def _by_frequency(customers: Customers, given: Given, on: date) -> Customers:
    times = Subquery(
        _due(on, YEAR, bought=True).annotate(times=Count("pk")).values("times"), output_field=IntegerField()
    )
    return between(customers.annotate(bought_year=Coalesce(times, Value(0))), "bought_year", given)


def _by_time(customers: Customers, given: Given, on: date) -> Customers:
    """`low` and `high` are days since the last charge; whoever never bought falls under no range."""
    customers = customers.annotate(
        bought_last=Subquery(_due(on, bought=True).annotate(last=Max("recorded_at")).values("last"))
    )
    if "high" in given:
        customers = customers.filter(bought_last__date__gte=on - timedelta(days=int(Decimal(given["high"]))))
    if "low" in given:
        customers = customers.filter(bought_last__date__lte=on - timedelta(days=int(Decimal(given["low"]))))
    return customers


SEEN = BillingPermission.CHARGE_VIEW
register_criteria(
    Criterion("contribution", _("贡献：累计消费（元）"), "value", SEEN, _by_total),
    Criterion("frequency", _("一年内购买次数"), "behaviour", SEEN, _by_frequency),
    Criterion("amount", _("一年内消费（元）"), "behaviour", SEEN, _by_amount),
    Criterion("time", _("距上次购买几天"), "behaviour", SEEN, _by_time),
)
