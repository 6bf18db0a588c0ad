"""Reviewing item reports: approve, send back, take back (JRN-009, LAB-008)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.foundation.sentences.saying import Sentence, named
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.lab.actions.progress import locked
from kefu.lab.actions.releasing import release_when_complete, reopen
from kefu.lab.actions.telling import tell_approved
from kefu.lab.choices import DecisionKind, ReportKind, ReportStatus
from kefu.lab.events import ReportArrived, ReportRejected
from kefu.lab.gates import APPROVE
from kefu.lab.models import CriticalValue, Order, Report, ReviewDecision
from kefu.lab.models.reports import TO_REVIEW
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import subject_of
from kefu.lab.queries.desk import to_check
from kefu.lab.queries.results import as_decided
from kefu.lab.queries.reviewing import review_due
from kefu.lab.sentences import APPROVAL_WITHDRAWN, APPROVED, RETURNED
from kefu.organisation.models import User

KIND = "lab.report"


@action
def approve_report(
    *,
    report: Report,
    checked: Collection[int] | None = None,
    seen: int | None = None,
    note: str = "",
    by: User,
    at: datetime,
) -> Report:
    """Release one item report to the doctor and health manager concerned; with the last one the overall report begins (JRN-009).

    `checked` are the results somebody ticked: then every value that is abnormal or moved a lot has to be among them. `seen` is
    the newest result on the reviewer's page. Critical values count as taken note of. Raises Refused `not_to_review`,
    `changed_meanwhile`, `unchecked`.
    """
    require(by, LabPermission.REPORT_APPROVE, customer=report.order.customer)
    order, held = _locked(report)
    check(APPROVE, by=by, at=at, customer_id=order.customer_id, subject=subject_of(order))
    if held.status not in TO_REVIEW:
        raise Refused("not_to_review", _("这份报告现在不用审核：%s。") % held.get_status_display())
    results = as_decided(held)
    if seen is not None and max((result.pk for result in results), default=0) != seen:
        raise Refused("changed_meanwhile", _("检验室刚刚更新了结果，请重新核对。"))
    if checked is not None and (
        open_ := [one.result for one in to_check(held, results) if one.result.pk not in checked]
    ):
        names = "、".join(result.analyte.label for result in open_)
        raise Refused(
            "unchecked", _("还差：%s。逐项核对后才能通过。") % names, {"results": [result.pk for result in open_]}
        )
    held.status, held.approved_at, held.approved_by = ReportStatus.APPROVED, at, by
    held.save(update_fields=["status", "approved_at", "approved_by"])
    ids = [result.pk for result in results]
    _decide(held, DecisionKind.APPROVED, note, ids, by, at)
    _criticals(held).update(acknowledged_by=by, acknowledged_at=at)
    _write_down(order, held, "lab.report.approved", APPROVED, by, at, results=ids)
    tell_approved(report=held, at=at)
    release_when_complete(order=order, by=by, at=at)
    return held


@action
def return_report(*, report: Report, reason: str, by: User, at: datetime) -> Report:
    """Send an item report back to the laboratory; it comes back with the laboratory's next message.

    Raises Invalid without a reason, Refused `not_to_review`.
    """
    require(by, LabPermission.REPORT_APPROVE, customer=report.order.customer)
    order, held = _locked(report)
    reason = _given(reason)
    if held.status not in TO_REVIEW:
        raise Refused("not_to_review", _("这份报告现在不用审核：%s。") % held.get_status_display())
    held.status, held.due_at = ReportStatus.RETURNED, None
    held.save(update_fields=["status", "due_at"])
    _decide(held, DecisionKind.RETURNED, reason, [result.pk for result in as_decided(held)], by, at)
    _write_down(order, held, "lab.report.returned", RETURNED, by, at, reason=reason)
    announce(
        ReportRejected(order_id=order.pk, customer_id=order.customer_id, report_id=held.pk, reason=reason, by=by, at=at)
    )
    return held


@action
def withdraw_approval(*, report: Report, reason: str, by: User, at: datetime) -> Report:
    """Take an approval back; the report waits for review again, and nobody else can open it until then.

    Raises Invalid without a reason, Refused `not_approved`, `handed_over` once the paper report has left.
    """
    require(by, LabPermission.REPORT_APPROVE, customer=report.order.customer)
    order, held = _locked(report)
    reason = _given(reason)
    if held.status != ReportStatus.APPROVED:
        raise Refused("not_approved", _("这份报告没有审核通过，不用撤回。"))
    if order.handed_over_at is not None:
        raise Refused("handed_over", _("纸质报告已经发放，不能撤回审核。结果有误时，请检验室发更正报告。"))
    held.status, held.approved_at, held.approved_by = ReportStatus.ARRIVED, None, None
    held.due_at = review_due(order.node, at)
    held.save(update_fields=["status", "approved_at", "approved_by", "due_at"])
    _decide(held, DecisionKind.WITHDRAWN, reason, [result.pk for result in as_decided(held)], by, at)
    _write_down(order, held, "lab.report.withdrawn", APPROVAL_WITHDRAWN, by, at, reason=reason)
    reopen(order=order, reason=reason, by=by, at=at)
    # The journey shows 报告审核中 when a report arrives; this one waits for review as if it had just come.
    announce(
        ReportArrived(order_id=order.pk, customer_id=order.customer_id, report_id=held.pk, first=False, by=by, at=at)
    )
    return held


@action
def acknowledge_critical(*, report: Report, note: str = "", by: User, at: datetime) -> int:
    """Put one's name to having seen the critical values of a report; answers how many. Raises Refused `nothing_critical`."""
    require(by, LabPermission.REPORT_READ, customer=report.order.customer)
    if not Report.objects.readable_by(by).filter(pk=report.pk).exists():
        raise OutOfScope()
    count = _criticals(report).update(acknowledged_by=by, acknowledged_at=at, note=note.strip()[:200])
    if not count:
        raise Refused("nothing_critical", _("没有待确认的危急值。"))
    record("lab.critical.acknowledged", by=by, at=at, subject=Subject(KIND, report.pk), customer_id=report.order.customer_id,
           node_id=report.order.node_id, changes={"values": (None, count)}, reason=note.strip()[:200])  # fmt: skip
    return count


def _locked(report: Report) -> tuple[Order, Report]:
    order = locked(report.order)
    held = (
        Report.objects.select_for_update(of=("self",), no_key=True).select_related("order_item__item").get(pk=report.pk)
    )
    if held.kind != ReportKind.ITEM:
        raise Refused("not_an_item_report", _("总检报告不在这里审核。"))
    held.order = order
    return order, held


def _given(reason: str) -> str:
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因"))
    return reason.strip()[:500]


def _decide(report: Report, kind: DecisionKind, note: str, results: list[int], by: User, at: datetime) -> None:
    ReviewDecision.objects.create(report=report, kind=kind, note=note.strip()[:500], results=results, by=by, at=at)


def _criticals(report: Report) -> QuerySet[CriticalValue]:
    return CriticalValue.objects.filter(result__order_item=report.order_item, acknowledged_at__isnull=True)


def _write_down(
    order: Order,
    report: Report,
    code: str,
    told: Sentence,
    by: User,
    at: datetime,
    *,
    reason: str = "",
    results: list[int] | None = None,
) -> None:
    assert report.order_item is not None
    record(
        code, by=by, at=at, subject=Subject(KIND, report.pk), customer_id=order.customer_id, node_id=order.node_id, reason=reason,
        changes={"status": (None, report.status), "version": (None, report.version), "results": (None, len(results or []))},
        personal={"item": (None, report.order_item.item.code)},
    )  # fmt: skip
    record_fact(customer=order.customer_id, kind=FactKind.REPORT, item=told(number=order.number),
                lines=[named(report.order_item.item), *filter(None, [reason])], subject=subject_of(order), by=by, at=at)  # fmt: skip
