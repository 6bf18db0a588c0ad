"""Releasing the reports of an order once all are approved, and taking the release back (JRN-009, LAB-008)."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.audit.trail import within_action
from kefu.foundation.events.bus import announce
from kefu.lab.actions.progress import progress
from kefu.lab.actions.telling import tell_reopened
from kefu.lab.choices import ReportKind, ReportStatus
from kefu.lab.events import ApprovalWithdrawn, ReportsApproved
from kefu.lab.models import Order, OverallDraft, Report
from kefu.lab.queries.lines import active_items
from kefu.organisation.models import User


@within_action
def release_when_complete(*, order: Order, by: User, at: datetime) -> Report | None:
    """When every ordered item of a locked order is approved: the overall report begins, with the text of an earlier one as draft."""
    approved = set(
        order.reports.filter(kind=ReportKind.ITEM, status=ReportStatus.APPROVED).values_list("order_item_id", flat=True)
    )
    if not all(line.pk in approved for line in active_items(order)):
        return None
    before = order.reports.filter(kind=ReportKind.OVERALL).order_by("version").last()
    overall = Report.objects.create(
        order=order, kind=ReportKind.OVERALL, version=before.version + 1 if before else 1, status=ReportStatus.WAITING, arrived_at=at
    )  # fmt: skip
    text = before.texts.order_by("version").last() if before else None
    if text is not None:
        OverallDraft.objects.create(report=overall, text=text.text, by=text.by, at=at)
    progress(order, released_at=at)
    announce(ReportsApproved(order_id=order.pk, customer_id=order.customer_id, by=by, at=at))
    return overall


@within_action
def reopen(*, order: Order, reason: str, by: User, at: datetime) -> None:
    """What was approved is reviewed again: those concerned hear it, and a release of the locked order is taken back.

    The overall report of a released order gives way, and everything after the release no longer counts.
    """
    tell_reopened(order=order, at=at)
    if order.released_at is None:
        return
    order.reports.current().filter(kind=ReportKind.OVERALL).update(status=ReportStatus.SUPERSEDED)
    progress(order, released_at=None, overall_at=None, paper_at=None, handed_over_at=None, interpreted_at=None)
    announce(ApprovalWithdrawn(order_id=order.pk, customer_id=order.customer_id, reason=reason, by=by, at=at))
