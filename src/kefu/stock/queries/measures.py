"""What the registered measures say of warehouses over a span of days (STK-009)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from kefu.foundation.access.queries import scope
from kefu.foundation.ui.days import day_in
from kefu.organisation.models import User
from kefu.stock.measuring import Figure, Measure, registered_measures
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission


@dataclass(frozen=True)
class Measured:
    """A measure of one warehouse; without a figure where nothing of it happened."""

    measure: Measure
    figure: Figure | None

    @property
    def words(self) -> str:
        """The figure as it is said, or a dash."""
        return str(self.measure.spoken(self.figure.value)) if self.figure else "–"


@dataclass(frozen=True)
class WarehouseMeasures:
    """What the measures say of one warehouse."""

    warehouse: Warehouse
    measured: tuple[Measured, ...]


def measured_warehouses(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[Warehouse]:
    """The warehouses a person may see measured."""
    return Warehouse.objects.filter(scope(user, StockPermission.STOCKTAKE_VIEW), active=True).order_by("code")


def span_asked(asked: Mapping[str, str], at: datetime) -> tuple[date, date]:
    """The first and the last day asked for (`since`, `until`); without them this month until today."""
    today = timezone.localdate(at)
    since, until = day_in(asked.get("since", "")), day_in(asked.get("until", ""))
    last = until or today
    first = since or last.replace(day=1)
    return (first, last) if first <= last else (last, first)


def measured(warehouses: Sequence[Warehouse], since: date, until: date) -> list[WarehouseMeasures]:
    """Every measure of these warehouses from the first to the last day, in as many queries for many as for one."""
    begin = timezone.make_aware(datetime.combine(since, time()))
    end = timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))
    ids = [one.pk for one in warehouses]
    told = [(measure, measure.figures(ids, begin, end)) for measure in registered_measures()]
    return [
        WarehouseMeasures(one, tuple(Measured(measure, figures.get(one.pk)) for measure, figures in told))
        for one in warehouses
    ]
