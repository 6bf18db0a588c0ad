"""All customers valued at one moment: measured, ranked, put into tiers, added up per place (CUS-017, CUS-018, CUS-040)."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from kefu.customers import tiers
from kefu.customers.choices import Stage, Tier
from kefu.customers.limits import GROWTH_PERCENT, MAIN_PERCENT, ORDINARY_PERCENT, VIP_PERCENT
from kefu.customers.models import Customer, CustomerValue, TierChange, TierFigure, ValueRun
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.valuing import FIGURES, gross_margin, tier_rows
from kefu.customers.valuing import AMOUNT, Metric, registered_metrics
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.exchange.export import ExportFile, export_rows
from kefu.foundation.jobs.defer import defer
from kefu.organisation.models import User

JOB = "customers.value"
YEAR = timedelta(days=365)
CHUNK = 2000
"""Customers measured and written at a time."""
FEN = 100
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('customers.value'))"


@dataclass
class _Measured:
    """Columns of whole numbers (hundredths), a place per customer: flat in memory however many there are."""

    ids: array[int]
    columns: list[array[int]]
    turnovers: array[int]
    befores: array[int]


@action
def ask_valuing(*, by: User, at: datetime) -> None:
    """Have all customers valued now instead of on the first of the month. Raises Forbidden."""
    require(by, CustomerPermission.VALUE_RUN)
    defer(JOB, queueing_lock=JOB)
    record("customers.value.asked", by=by, at=at)


@action
def value_customers(*, by: User, at: datetime) -> ValueRun:
    """Measure everybody with an open archive, rank, and keep tier, score and what may still be tapped; one run at a time."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
    metrics = registered_metrics()
    weights = [metric.weight.on(at) for metric in metrics]
    shares = tiers.Shares(VIP_PERCENT.on(at), MAIN_PERCENT.on(at), ORDINARY_PERCENT.on(at), GROWTH_PERCENT.on(at))
    found = _measure(metrics, at)
    standard = {"weights": {one.code: weight for one, weight in zip(metrics, weights, strict=True)}, **asdict(shares)}
    run = ValueRun.objects.create(standard=standard, customers=len(found.ids), by=by, at=at)
    _keep(run, found, metrics, weights, shares)
    _drop_others(run)
    _add_up(run)
    record(
        "customers.value.run",
        by=by,
        at=at,
        subject=Subject("customers.value_run", run.pk),
        changes={"customers": (None, run.customers)},
    )
    return run


@action
def export_values(*, reason: str, form: Literal["csv", "xlsx"], by: User, at: datetime) -> ExportFile:
    """The tiers with their figures, of the customers the person sees and may take figures of. Raises Forbidden, Invalid (`reason`)."""
    require(by, CustomerPermission.LIST_EXPORT)
    require(by, CustomerPermission.GRADING_VIEW)
    rows = [
        [row.label, *(row.figures[code] for code in FIGURES)]
        for row in tier_rows(by, gross_margin(at), CustomerPermission.LIST_EXPORT)
    ]
    columns = [_("价值分层"), *(str(label) for label in FIGURES.values())]
    return export_rows(
        code="customers.value.exported",
        title=_("客户价值"),
        columns=columns,
        rows=rows,
        reason=reason,
        by=by,
        at=at,
        form=form,
    )


def _measure(metrics: Sequence[Metric], at: datetime) -> _Measured:
    found = _Measured(array("q"), [array("q") for _each in metrics], array("q"), array("q"))
    amount = next(one for one in metrics if one.code == AMOUNT)
    everybody = Customer.objects.in_use().filter(stage=Stage.ACTIVE, merged_into__isnull=True).order_by("pk")
    found.ids.extend(everybody.values_list("pk", flat=True).iterator())
    for portion in _portions(len(found.ids)):
        ids = found.ids[portion.start : portion.stop].tolist()
        for one, column in zip(metrics, found.columns, strict=True):
            column.extend(_hundredths(one, ids, at - YEAR if one.yearly else None, at))
        found.turnovers.extend(_hundredths(amount, ids, at - YEAR, at))
        found.befores.extend(_hundredths(amount, ids, at - YEAR - YEAR, at - YEAR))
    return found


def _portions(many: int) -> Iterable[range]:
    return (range(start, min(many, start + CHUNK)) for start in range(0, many, CHUNK))


def _hundredths(metric: Metric, ids: Sequence[int], since: datetime | None, until: datetime) -> Iterator[int]:
    values = metric.values(ids, since, until)
    return (int(values.get(pk, Decimal(0)) * FEN) for pk in ids)


def _keep(
    run: ValueRun, found: _Measured, metrics: Sequence[Metric], weights: Sequence[int], shares: tiers.Shares
) -> None:
    sums = tiers.weighed(found.columns, weights)
    rising = [
        tiers.rises(now, before, shares.growth) for now, before in zip(found.turnovers, found.befores, strict=True)
    ]
    placed = tiers.tiers_of(sums, rising, shares)
    marks = tiers.marks_of(
        {tier: [one for one, its in zip(found.turnovers, placed, strict=True) if its == tier] for tier in Tier}
    )
    many = len(placed)
    for places in _portions(many):
        _write([
            CustomerValue(
                customer_id=found.ids[place], run=run, tier=placed[place], score=_decimal(tiers.score_of(sums[place], weights, many)),
                turnover=_decimal(found.turnovers[place]), untapped=_decimal(tiers.untapped(found.turnovers[place], marks[placed[place]])),
                measured={one.code: str(_decimal(column[place])) for one, column in zip(metrics, found.columns, strict=True)},
            )
            for place in places
        ])  # fmt: skip


def _decimal(hundredths: int) -> Decimal:
    return Decimal(hundredths) / FEN


def _write(rows: list[CustomerValue]) -> None:
    """Keep a portion, and who came into another tier by it."""
    known = dict(
        CustomerValue.objects.filter(customer__in=[row.customer_id for row in rows]).values_list("customer", "tier")
    )
    TierChange.objects.bulk_create(
        TierChange(customer_id=row.customer_id, run=row.run, before=known.get(row.customer_id, ""), after=row.tier)
        for row in rows
        if known.get(row.customer_id, "") != row.tier
    )
    written = ["run", "tier", "score", "turnover", "untapped", "measured"]
    CustomerValue.objects.bulk_create(rows, update_conflicts=True, unique_fields=["customer"], update_fields=written)


def _drop_others(run: ValueRun) -> None:
    """Whose archive is no longer open, or whose data rests, has no tier any more."""
    others = CustomerValue.objects.exclude(run=run)
    TierChange.objects.bulk_create(
        TierChange(customer_id=customer, run=run, before=tier)
        for customer, tier in others.values_list("customer", "tier")
    )
    others.delete()


def _add_up(run: ValueRun) -> None:
    sums = CustomerValue.objects.filter(run=run).order_by().values_list("customer__node", "tier")
    rows = sums.annotate(many=Count("pk"), spent=Sum("turnover"), left=Sum("untapped"))
    TierFigure.objects.bulk_create(
        TierFigure(run=run, node_id=node, tier=tier, customers=many, turnover=spent, untapped=left)
        for node, tier, many, spent, left in rows
    )
