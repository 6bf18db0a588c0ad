"""What the paper report shows, and which papers wait (JRN-011)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from kefu.customers.scopes import customer_scope
from kefu.lab.choices import DecisionKind, ReportKind, ReportStatus, ResultState
from kefu.lab.models import OrderItem, OverallText, Report, ResultVersion
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.desk import Judged, judged
from kefu.lab.queries.lines import active_items
from kefu.lab.queries.results import counting, sampled_on
from kefu.organisation.models import User

DOCUMENT = "lab.report"


@dataclass(frozen=True)
class Section:
    """One ordered item with its values and when it was sampled and approved."""

    line: OrderItem
    values: Sequence[Judged]
    sampled_on: date | None
    report: Report | None

    @property
    def note(self) -> str:
        """What the reviewer wanted the doctor to know."""
        decisions = self.report.decisions.all() if self.report else ()
        return next((one.note for one in reversed(list(decisions)) if one.kind == DecisionKind.APPROVED), "")


def paper_values(report: Report) -> list[ResultVersion]:
    """The values a complete report shows."""
    return [value for value in counting(active_items(report.order)) if value.state != ResultState.WITHDRAWN]


def sections(report: Report) -> list[Section]:
    """The complete report, item by item in the order of the order."""
    values = paper_values(report)
    approved = {
        one.order_item_id: one
        for one in report.order.reports.current()
        .filter(kind=ReportKind.ITEM)
        .select_related("approved_by")
        .prefetch_related("decisions")
    }
    told = judged(report, values)
    return [
        Section(
            line, [one for one in told if one.result.order_item_id == line.pk], sampled_on(line), approved.get(line.pk)
        )
        for line in active_items(report.order)
    ]


def text_of(report: Report) -> OverallText | None:
    """The overall text that counts."""
    return report.texts.select_related("by").order_by("version").last()


def to_make(user: User) -> QuerySet[Report]:
    """Overall reports that wait for their paper, the oldest first."""
    return (
        _overall(user, LabPermission.PAPER_MAKE).filter(status=ReportStatus.WRITTEN).order_by("order__overall_at", "id")
    )


def to_hand_over(user: User) -> QuerySet[Report]:
    """Paper reports that were made and have not left, the oldest first."""
    return (
        _overall(user, LabPermission.HANDOVER).filter(status=ReportStatus.PAPER_MADE).order_by("order__paper_at", "id")
    )


def without_receipt(user: User) -> QuerySet[Report]:
    """Papers that left and of which nobody knows yet when the customer received them."""
    gone = (ReportStatus.HANDED_OVER, ReportStatus.INTERPRETED)
    rows = _overall(user, LabPermission.HANDOVER).filter(status__in=gone)
    return rows.exclude(handovers__received_on__isnull=False).order_by("order__handed_over_at", "id")


def papers_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[Report]:
    """Everything the page of papers lists: to make, to hand over, on the way."""
    waiting = to_make(user) | to_hand_over(user) | without_receipt(user)
    return waiting.order_by("order__overall_at", "id")


def _overall(user: User, permission: LabPermission) -> QuerySet[Report]:
    mine = customer_scope(user, permission, "order__customer__")
    return Report.objects.filter(mine, kind=ReportKind.OVERALL).select_related(
        "order__customer", "order__node", "order__doctor"
    )
