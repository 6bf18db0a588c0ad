"""Filing the results of a message: versions of values, item reports, corrections (LAB-007, JRN-008)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold
from kefu.foundation.audit.trail import record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.foundation.sentences.saying import named
from kefu.lab.actions.progress import locked, progress
from kefu.lab.actions.releasing import reopen
from kefu.lab.actions.telling import tell_arrived, tell_critical
from kefu.lab.actions.versions import write_versions
from kefu.lab.choices import DecisionKind, ReportKind, ReportStatus
from kefu.lab.events import ReportArrived
from kefu.lab.gates import FILE
from kefu.lab.models import CriticalValue, Message, Order, OrderItem, Report, ResultVersion, ReviewDecision
from kefu.lab.models.reports import TO_REVIEW
from kefu.lab.queries.addresses import subject_of
from kefu.lab.queries.matching import Match
from kefu.lab.queries.results import current, panel_of
from kefu.lab.queries.reviewing import review_due
from kefu.lab.rules.results import Panel
from kefu.lab.sentences import ARRIVED, CORRECTED_BY_LABORATORY
from kefu.organisation.models import User
from kefu.products.choices import Flag

CRITICAL = (Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH)


@within_action
def file_matches(*, message: Message, matches: Sequence[Match], by: User, at: datetime) -> None:
    """File everything a message says, order by order. Raises Held, and Refused by the gate: then the caller undoes all."""
    orders = {match.order.pk: match.order for match in matches}
    if len(customers := {order.customer_id for order in orders.values()}) > 1:
        hold(*customers)
    for order_id in sorted(orders):
        held = locked(orders[order_id])
        check(FILE, by=by, at=at, customer_id=held.customer_id, subject=subject_of(held))
        own = [match for match in matches if match.order.pk == order_id]
        lines = {match.line.pk: match for match in own}
        values = {pk: current(match.line) for pk, match in lines.items()}
        made = [
            version
            for match in own
            for version in write_versions(
                message=message, match=match, order=held, present=values[match.line.pk], at=at
            )
        ]
        for pk, match in lines.items():
            sent_again = any(one.values for one in own if one.line.pk == pk)
            standing = panel_of(match.analytes, values[pk].values())
            _settle(held, match.line, [one for one in made if one.order_item_id == pk], standing, sent_again, by, at)
        record(
            "lab.results.filed", by=by, at=at, subject=subject_of(held), customer_id=held.customer_id, node_id=held.node_id,
            changes={"message": (None, message.pk), "values": (None, len(made))},
            personal={"items": (None, "、".join(match.line.item.code for match in lines.values()))},
        )  # fmt: skip


def _settle(
    order: Order,
    line: OrderItem,
    made: Sequence[ResultVersion],
    standing: Panel,
    sent_again: bool,
    by: User,
    at: datetime,
) -> None:
    """What the new versions of an item mean for its report; a returned report comes back even with the same values."""
    report = (
        Report.objects.current()
        .select_for_update(of=("self",), no_key=True)
        .filter(order_item=line, kind=ReportKind.ITEM)
        .first()
    )
    counted = [version for version in made if not version.late]
    confirmed = sent_again and not made and report is not None and report.status == ReportStatus.RETURNED
    if not counted and not confirmed:
        return
    _raise_alarm(order, [version for version in counted if version.flag in CRITICAL], at)
    if report is not None and report.status == ReportStatus.APPROVED:
        report = _supersede(order, report, counted, by, at)
    if standing.complete:
        _arrive(order, line, report, ReportStatus.CANCELLED if standing.cancelled else ReportStatus.ARRIVED, by, at)
    elif report is not None:
        report.status, report.due_at = ReportStatus.RETURNED, None
        report.save(update_fields=["status", "due_at"])


def _arrive(order: Order, line: OrderItem, report: Report | None, status: ReportStatus, by: User, at: datetime) -> None:
    """The panel is complete: a report waits for review, unless it did already."""
    if report is not None and report.status in TO_REVIEW:
        report.status = status
        report.save(update_fields=["status"])
        return
    made = report or Report(order=order, kind=ReportKind.ITEM, order_item=line)
    made.status, made.arrived_at, made.due_at = status, at, review_due(order.node, at)
    made.save()
    _announce(order, made, by, at)


def _supersede(order: Order, report: Report, counted: Sequence[ResultVersion], by: User, at: datetime) -> Report:
    """A correction after approval: the report gives way to a new version and the review begins again (LAB-007)."""
    report.status = ReportStatus.SUPERSEDED
    report.save(update_fields=["status"])
    reason = CORRECTED_BY_LABORATORY.code
    ReviewDecision.objects.create(
        report=report,
        kind=DecisionKind.REOPENED,
        note=reason,
        results=[version.pk for version in counted],
        by=by,
        at=at,
    )
    reopen(order=order, reason=reason, by=by, at=at)
    return Report.objects.create(
        order=order, kind=ReportKind.ITEM, order_item=report.order_item, version=report.version + 1,
        status=ReportStatus.RETURNED, arrived_at=at,
    )  # fmt: skip


def _raise_alarm(order: Order, versions: Sequence[ResultVersion], at: datetime) -> None:
    """Doctor and consulting department hear that a value needs somebody now, not which (LAB-007)."""
    for version in versions:
        CriticalValue.objects.create(result=version, order=order, told_at=at)
    if versions:
        tell_critical(order=order, at=at)


def _announce(order: Order, report: Report, by: User, at: datetime) -> None:
    first = order.report_arrived_at is None
    if first:
        progress(order, report_arrived_at=at)
    record_fact(customer=order.customer_id, kind=FactKind.REPORT, item=ARRIVED(number=order.number),
                lines=[named(report.order_item.item)] if report.order_item else [], subject=subject_of(order), by=by, at=at)  # fmt: skip
    tell_arrived(order=order, at=at)
    announce(
        ReportArrived(order_id=order.pk, customer_id=order.customer_id, report_id=report.pk, first=first, by=by, at=at)
    )
