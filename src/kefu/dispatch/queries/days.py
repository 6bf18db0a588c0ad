"""What was shipped on a day and what was not, order by order, also of days that are over (STK-025)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import DateField, Q, QuerySet, Sum, Value
from django.utils import timezone
from django.utils.dateparse import parse_date

from kefu.customers.scopes import in_use
from kefu.dispatch.models import BackLine
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.rules import Counts, Figures, counts, on_calendar
from kefu.foundation.access.queries import scope
from kefu.organisation.models import User
from kefu.sales.models import Purchase, PurchaseLine, ReversalLine, Shipment
from kefu.stock.models import Warehouse
from kefu.stock.queries import nodes_served


@dataclass(frozen=True)
class DayRow:
    """An order with its figures of the day."""

    purchase: Purchase
    figures: Figures


def day_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Purchase]:
    """The orders that stand on the list of a day (`day`, else today) at a warehouse (`warehouse`: its code) within reach."""
    mine = Warehouse.objects.filter(
        scope(user, DispatchPermission.VIEW, node="node_id"), code=asked.get("warehouse", "")
    )
    warehouse = mine.first()
    if warehouse is None:
        return Purchase.objects.none()
    day = day_of(asked, at)
    return (
        _standing(warehouse, day).filter(in_use(user, "customer__")).annotate(day=Value(day, output_field=DateField()))
    )


def day_of(asked: Mapping[str, str], at: datetime) -> date:
    """The day that was asked for; today where it is none, or none from 1900 to 2099."""
    try:
        day = parse_date(asked.get("day", ""))
    except ValueError:
        day = None
    return day if day and on_calendar(day) else timezone.localdate(at)


def day_rows(warehouse: Warehouse, day: date) -> list[DayRow]:
    """Every order that was shipped on the day or still had packs to ship when it was over. A constant number of queries."""
    return figures_of(list(_standing(warehouse, day)), day)


def day_counts(rows: Iterable[DayRow]) -> Counts:
    """The counts of these rows."""
    return counts([row.figures for row in rows])


def figures_of(purchases: Sequence[Purchase], day: date) -> list[DayRow]:
    """These orders with their figures of the day; those with nothing shipped and nothing to ship are left out."""
    start, end = _ends(day)
    bought = _sums(PurchaseLine.objects.all(), "purchase", purchases, "quantity")
    given_up = _sums(ReversalLine.objects.filter(reversal__at__lt=end), "reversal__purchase", purchases, "withdrawn")
    left = Shipment.objects.filter(returned_at__isnull=True)
    before = _sums(left.filter(at__lt=start), "purchase", purchases, "slip__lines__packs")
    today = _sums(left.filter(at__gte=start, at__lt=end), "purchase", purchases, "slip__lines__packs")
    back = BackLine.objects.all()
    back_before = _sums(back.filter(back__ended_at__lt=start), "back__purchase", purchases, "packs")
    back_today = _sums(back.filter(back__ended_at__gte=start, back__ended_at__lt=end), "back__purchase", purchases, "packs")  # fmt: skip
    rows = []
    for one in purchases:
        pk = one.pk
        figures = Figures(
            bought.get(pk, 0) - given_up.get(pk, 0), before.get(pk, 0), today.get(pk, 0), back_before.get(pk, 0), back_today.get(pk, 0)
        )  # fmt: skip
        if figures.left_today or figures.open > 0:
            rows.append(DayRow(one, figures))
    return rows


def _standing(warehouse: Warehouse, day: date) -> QuerySet[Purchase]:
    start, end = _ends(day)
    touched = Q(shipments__at__gte=start) | Q(reversals__at__gte=start) | Q(carrier_backs__ended_at__gte=start)
    rows = Purchase.objects.filter(Q(state__in=["signed", "partly"]) | touched, signed_at__lt=end, customer__node__in=nodes_served(warehouse))  # fmt: skip
    return Purchase.objects.filter(pk__in=rows.values("pk")).select_related("customer", "node").order_by("id")


def _ends(day: date) -> tuple[datetime, datetime]:
    start = timezone.make_aware(datetime.combine(day, time()))
    return start, timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _sums(rows: QuerySet, path: str, purchases: Sequence[Purchase], packs: str) -> dict[int, int]:  # type: ignore[type-arg]
    found = (
        rows.filter(**{f"{path}__in": [one.pk for one in purchases]})
        .order_by()
        .values(path)
        .annotate(packs_sum=Sum(packs))
    )
    return {row[path]: row["packs_sum"] for row in found}
