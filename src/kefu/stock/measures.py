"""What warehouses are judged by from their own books: exact in quantity, quick, free of errors (STK-009)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Avg, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields import DateTimeField, DurationField
from django.utils.translation import gettext_lazy as _

from kefu.stock.choices import MoveKind, StocktakeState
from kefu.stock.limits import CORRECTED_WITHIN
from kefu.stock.measuring import (
    TENTH,
    Figure,
    Measure,
    Slips,
    faulty,
    hours,
    orders,
    percent,
    register_fault,
    register_measures,
    share,
)
from kefu.stock.models import IssueLine, IssueSlip, Move, Receipt, ReceiptLine, StocktakeLine

HOUR = 3600


def _accuracy(warehouses: Sequence[int], since: datetime, until: datetime) -> Mapping[int, Figure]:
    """Counted lines whose book was right, of those of the stocktakes posted in the span."""
    rows = StocktakeLine.objects.filter(
        stocktake__warehouse__in=warehouses,
        stocktake__state=StocktakeState.POSTED,
        stocktake__ended_at__gte=since,
        stocktake__ended_at__lt=until,
        counts__gt=0,
    ).order_by()
    found = rows.values_list("stocktake__warehouse").annotate(
        exact=Count("pk", filter=Q(variance=0)), counted=Count("pk")
    )
    return {pk: share(exact, counted) for pk, exact, counted in found}


def _order_to_issue(warehouses: Sequence[int], since: datetime, until: datetime) -> Mapping[int, Figure]:
    """Hours from the order to the issue slip, on average over the slips of the span that an order stands behind."""
    slips: Counter[int] = Counter()
    spent: Counter[int] = Counter()
    for kind, ordered in orders().items():
        rows = _within(IssueSlip.objects.filter(subject_kind=kind), warehouses, since, until)
        asked = Subquery(ordered(OuterRef("subject_id"))[:1], output_field=DateTimeField())
        waited = ExpressionWrapper(F("at") - F("asked"), output_field=DurationField())
        told = rows.annotate(asked=asked).filter(asked__lte=F("at")).values_list("warehouse")
        for pk, mean, many in told.annotate(mean=Avg(waited), many=Count("pk")):
            slips[pk] += many
            spent[pk] += round(mean.total_seconds() * many)
    return {pk: Figure((Decimal(spent[pk]) / HOUR / many).quantize(TENTH), many) for pk, many in slips.items()}


def _error_free(kind: Slips, model: type[Receipt] | type[IssueSlip]) -> Measure:
    def figures(warehouses: Sequence[int], since: datetime, until: datetime) -> Mapping[int, Figure]:
        rows = _within(model.objects.all(), warehouses, since, until).annotate(wrong=Q(faulty(kind, until)))
        found = rows.values_list("warehouse").annotate(right=Count("pk", filter=Q(wrong=False)), all=Count("pk"))
        return {pk: share(right, whole) for pk, right, whole in found}

    label, note = WORDS[kind]
    return Measure(kind, label, note, figures, percent)


def _within(
    rows: QuerySet[Receipt] | QuerySet[IssueSlip], warehouses: Sequence[int], since: datetime, until: datetime
) -> QuerySet[Receipt] | QuerySet[IssueSlip]:
    return rows.filter(warehouse__in=warehouses, at__gte=since, at__lt=until).order_by()


def _corrected(receipt: OuterRef, until: datetime) -> QuerySet[ReceiptLine]:
    """Lines of a stock-in slip whose balance was corrected by hand soon after."""
    days = timedelta(days=CORRECTED_WITHIN.on(until))
    soon = Move.objects.filter(
        balance=OuterRef("balance"),
        kind=MoveKind.ADJUSTMENT,
        at__gte=OuterRef("receipt__at"),
        at__lt=OuterRef("receipt__at") + days,
    )
    return ReceiptLine.objects.filter(Exists(soon), receipt=receipt)


def _brought_back(slip: OuterRef, _until: datetime) -> QuerySet[IssueLine]:
    """Lines of a slip written by hand that came back over the counter."""
    return IssueLine.objects.filter(slip=slip, slip__subject_kind="", returned__gt=0)


WORDS: dict[Slips, tuple[object, object]] = {
    "receipts": (_("入库无差错率"), _("点数不一致重数过，或入库后不久又手工调整的，算有差错")),
    "issues": (_("出库无差错率"), _("调拨到货有差异，或手工出库又退回的，算有差错")),
}
register_measures(
    Measure("accuracy", _("账实相符率"), _("已入账的盘点里，实数和账面一样的行"), _accuracy, percent),
    Measure("order_to_issue", _("下单到出库"), _("从签字或申请到开出库单，平均多久"), _order_to_issue, hours),
    _error_free("receipts", Receipt),
    _error_free("issues", IssueSlip),
)
register_fault("receipts", "stock.corrected", _corrected)
register_fault("issues", "stock.brought_back", _brought_back)
