"""Results that count, what is missing of a panel, and what was measured before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from kefu.lab.choices import ReportKind, ResultState
from kefu.lab.models import OrderItem, Report, ResultVersion
from kefu.lab.rules.results import Panel, panel
from kefu.products.models import Analyte

EARLIER_SHOWN = 2


def counting(lines: Iterable[OrderItem]) -> list[ResultVersion]:
    """The value that counts for every analyte of ordered items, in the order of the report."""
    rows = _current(lines).select_related("analyte__item", "message").defer("message__raw", "message__answer")
    return sorted(rows, key=lambda row: (row.order_item_id, row.analyte.position, row.analyte_id, row.sub_id))


def current(line: OrderItem) -> dict[tuple[int, str], ResultVersion]:
    """The value that counts for each analyte (by id) and sub-id of an ordered item."""
    return {(row.analyte_id, row.sub_id): row for row in _current([line])}


def _current(lines: Iterable[OrderItem]) -> QuerySet[ResultVersion]:
    rows = ResultVersion.objects.filter(order_item__in=[line.pk for line in lines], late=False)
    rows = rows.order_by("order_item_id", "analyte_id", "sub_id", "-version")
    return rows.distinct("order_item_id", "analyte_id", "sub_id")


def as_decided(report: Report) -> list[ResultVersion]:
    """The values a report shows: those that count, or, where it was superseded, those it was approved with."""
    assert report.order_item is not None
    decided = report.decisions.filter(kind="approved").last()
    if report.status != "superseded" or decided is None:
        return [row for row in counting([report.order_item]) if row.state != ResultState.WITHDRAWN]
    rows = ResultVersion.objects.filter(pk__in=decided.results).select_related("analyte__item", "message")
    return sorted(rows, key=lambda row: (row.analyte.position, row.analyte_id, row.sub_id))


def panel_of(analytes: Iterable[Analyte], values: Iterable[ResultVersion]) -> Panel:
    """How far the results of an ordered item with these analytes are by the values that count; withdrawn ones are missing."""
    states: dict[int, list[str]] = {}
    for value in values:
        states.setdefault(value.analyte_id, []).append(value.state)
    return panel(
        [analyte.code for analyte in analytes], {analyte.code: states.get(analyte.pk, []) for analyte in analytes}
    )


def sampled_on(line: OrderItem) -> date | None:
    """The day the accepted sample of an item was taken, as far as known, else checked; None: the laboratory has none (LAB-006)."""
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLED, [line.pk])
        (moment,) = cursor.fetchone() or (None,)
    return timezone.localdate(moment) if moment else None


_SAMPLED = "SELECT coalesce(taken_at, checked_at) FROM lab_sample WHERE order_item_id = %s AND state = 'accepted' ORDER BY id LIMIT 1"


def earlier(customer_id: int, values: Sequence[ResultVersion], before: datetime) -> dict[int, list[ResultVersion]]:
    """The customer's last values of the same analytes from approved reports of other orders, newest first. One query."""
    approved = Report.objects.filter(kind=ReportKind.ITEM, order_item=OuterRef("order_item"), approved_at__isnull=False)
    rows: QuerySet[ResultVersion] = (
        ResultVersion.objects.filter(
            order_item__order__customer=customer_id, analyte__in={value.analyte_id for value in values}, late=False,
            state__in=[ResultState.FINAL, ResultState.CORRECTED], at__lt=before,
        )
        .exclude(order_item__in={value.order_item_id for value in values})
        .annotate(approved=Subquery(approved.order_by("-id").values("approved_at")[:1]), placed=F("order_item__order__placed_at"))
        .filter(approved__isnull=False)
        .order_by("-placed", "order_item_id", "analyte_id", "sub_id", "-version")
    )  # fmt: skip
    found: dict[int, list[ResultVersion]] = {}
    seen: set[tuple[int, int, str]] = set()
    for row in rows:
        key = (row.order_item_id, row.analyte_id, row.sub_id)
        if key not in seen and not row.sub_id:
            found.setdefault(row.analyte_id, []).append(row)
        seen.add(key)
    return {analyte: rows[:EARLIER_SHOWN] for analyte, rows in found.items()}


@dataclass(frozen=True)
class Incomplete:
    """An ordered item of which the laboratory has sent a part: codes of what is missing."""

    line: OrderItem
    missing: tuple[str, ...]


def incomplete(lines: Sequence[OrderItem]) -> list[Incomplete]:
    """Ordered items of which some results are here and others not."""
    values, analytes = _by_line(counting(lines)), _by_item(lines)
    found = [
        Incomplete(line, panel_of(analytes.get(line.item_id, []), values[line.pk]).missing)
        for line in lines
        if line.pk in values
    ]
    return [one for one in found if one.missing]


def _by_line(values: Iterable[ResultVersion]) -> dict[int, list[ResultVersion]]:
    found: dict[int, list[ResultVersion]] = {}
    for value in values:
        found.setdefault(value.order_item_id, []).append(value)
    return found


def _by_item(lines: Iterable[OrderItem]) -> dict[int, list[Analyte]]:
    found: dict[int, list[Analyte]] = {}
    for analyte in Analyte.objects.filter(item__in={line.item_id for line in lines}).order_by("position"):
        found.setdefault(analyte.item_id, []).append(analyte)
    return found
