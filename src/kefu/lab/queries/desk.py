"""What the review desk shows: the queue, and one report with its values judged (JRN-009)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from kefu.customers.scopes import customer_scope
from kefu.foundation.sentences.saying import speak
from kefu.lab.choices import ReportStatus, ResultState
from kefu.lab.models import CriticalValue, Report, ResultVersion
from kefu.lab.models.reports import TO_REVIEW
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.results import as_decided, earlier
from kefu.lab.rules.results import changed_much
from kefu.organisation.models import User
from kefu.products.choices import Flag

ABNORMAL = (Flag.LOW, Flag.HIGH, Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH)
QUEUE = 50
CALLED_NORMAL = frozenset({"N", "NORMAL", "正常"})


@dataclass(frozen=True)
class Judged:
    """A value beside what was measured before, newest first, and what there is to say about it."""

    result: ResultVersion
    before: Sequence[ResultVersion]

    @property
    def was(self) -> Decimal | None:
        """The number measured last, in the same unit."""
        last = self.before[0] if self.before else None
        return last.numeric if last is not None and last.unit == self.result.unit else None

    @property
    def abnormal(self) -> bool:
        """Outside our range, outside the laboratory's, or not to be judged by us although the laboratory flagged it."""
        return self.result.flag in ABNORMAL or self.disagreement or self.result.unit_differs

    @property
    def critical(self) -> bool:
        """Beyond a critical limit."""
        return self.result.flag in (Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH)

    @property
    def changed(self) -> bool:
        """More than 20 percent away from last time."""
        return changed_much(self.result.numeric, self.was)

    @property
    def disagreement(self) -> bool:
        """The laboratory flagged what we find normal or cannot judge, or found normal what we do not."""
        theirs = self.result.lab_flag.upper()
        return bool(theirs) and (theirs in CALLED_NORMAL) == (self.result.flag in ABNORMAL)

    @property
    def cancelled(self) -> bool:
        """The laboratory could not measure it."""
        return self.result.state == ResultState.CANCELLED


@dataclass(frozen=True)
class Sheet:
    """A report as it is reviewed: values that have to be looked at one by one, and the others."""

    abnormal: list[Judged]
    changed: list[Judged]
    normal: list[Judged]

    @property
    def every(self) -> list[Judged]:
        return [*self.abnormal, *self.changed, *self.normal]

    @property
    def newest(self) -> int:
        """The id of the newest result shown, by which an approval knows that nothing came in between."""
        return max((one.result.pk for one in self.every), default=0)


@dataclass(frozen=True)
class Waiting:
    """A report in the queue."""

    report: Report
    abnormal: int
    values: int
    critical: bool


def judged(report: Report, results: Sequence[ResultVersion]) -> list[Judged]:
    """The values of a report beside the customer's earlier ones. Two queries for any number of values."""
    before = earlier(report.order.customer_id, results, report.arrived_at)
    return [Judged(result, before.get(result.analyte_id, ())) for result in results]


def to_check(report: Report, results: Sequence[ResultVersion]) -> list[Judged]:
    """The values that have to be looked at one by one before a report is approved."""
    return [one for one in judged(report, results) if one.abnormal or one.changed]


def sheet_of(report: Report) -> Sheet:
    """One report in the three parts of the desk."""
    values = judged(report, as_decided(report))
    return Sheet(
        abnormal=[one for one in values if one.abnormal],
        changed=[one for one in values if one.changed and not one.abnormal],
        normal=[one for one in values if not one.changed and not one.abnormal],
    )


def to_review(user: User) -> QuerySet[Report]:
    """Reports the user has to review, critical ones first, then the earliest promise."""
    alarm = CriticalValue.objects.filter(result__order_item=OuterRef("order_item"), acknowledged_at__isnull=True)
    rows = Report.objects.filter(
        customer_scope(user, LabPermission.REPORT_APPROVE, "order__customer__"), status__in=TO_REVIEW
    )
    return rows.annotate(critical=Exists(alarm)).order_by("-critical", "due_at", "id")


def queue(user: User, limit: int = QUEUE) -> list[Waiting]:
    """The head of the queue with the number of abnormal values. Three queries."""
    reports = list(to_review(user).select_related("order__customer", "order_item__item")[:limit])
    latest = (
        ResultVersion.objects.filter(order_item__in=[report.order_item_id for report in reports], late=False)
        .order_by("order_item_id", "analyte_id", "sub_id", "-version").distinct("order_item_id", "analyte_id", "sub_id")
    )  # fmt: skip
    counts = ResultVersion.objects.filter(pk__in=latest.values("pk")).values("order_item_id").order_by().annotate(
        values=Count("pk"), abnormal=Count("pk", filter=Q(flag__in=ABNORMAL))
    )  # fmt: skip
    found = {row["order_item_id"]: (row["abnormal"], row["values"]) for row in counts}
    return [
        Waiting(report, *found.get(report.order_item_id or 0, (0, 0)), report.critical)  # type: ignore[attr-defined]
        for report in reports
    ]


def returned(user: User) -> QuerySet[Report]:
    """Item reports that went back to the laboratory and have not come again, the longest first."""
    mine = customer_scope(user, LabPermission.REPORT_APPROVE, "order__customer__")
    return Report.objects.filter(mine, status=ReportStatus.RETURNED).order_by("arrived_at", "id")


@dataclass(frozen=True)
class Fact:
    """Something the machine has checked of a report, or could not."""

    good: bool
    words: object


def facts_of(report: Report, values: Sequence[Judged]) -> list[Fact]:
    """What was compared before the report came to the desk."""
    messages = {value.result.message.pk: value.result.message for value in values}.values()
    linked = next((message for message in messages if message.handled_at is not None), None)
    person = _("姓名与档案一致；性别、出生日期没有不一致")
    facts = [Fact(False, speak(linked.handled_reason)) if linked else Fact(True, person)]
    cancelled = sum(value.cancelled for value in values)
    other_units = sum(value.result.unit_differs for value in values)
    facts.append(
        Fact(not cancelled, _("%s 项检验室未能检出") % cancelled if cancelled else _("%s 项齐全") % len(values))
    )
    facts.append(Fact(not other_units, _("%s 项单位与目录不同") % other_units if other_units else _("单位与目录相同")))
    if any(message.charset_flagged for message in messages):
        facts.append(Fact(False, _("消息的字符集与声明不符")))
    return facts


def open_criticals(report: Report) -> list[CriticalValue]:
    """Critical values of a report that nobody has put his or her name to."""
    rows = CriticalValue.objects.filter(result__order_item=report.order_item, acknowledged_at__isnull=True)
    return list(rows.select_related("result__analyte"))


def earlier_days(values: Sequence[Judged]) -> list[datetime | None]:
    """When the values in the two columns of earlier results were measured: the days of the newest that has both."""
    longest = max((value.before for value in values), key=len, default=())
    return [result.observed_at or result.at for result in longest]
