"""Filing the results of a message: versions of values, item reports, corrections (LAB-007, JRN-008)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.audit.trail import record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.lab.actions.progress import locked, progress
from kefu.lab.actions.releasing import reopen
from kefu.lab.actions.telling import tell_arrived, tell_critical
from kefu.lab.choices import DecisionKind, ReportKind, ReportStatus, ResultState
from kefu.lab.events import ReportArrived
from kefu.lab.gates import FILE
from kefu.lab.hl7 import OruResult, ResultStatus
from kefu.lab.models import CriticalValue, Message, Order, OrderItem, Report, ResultVersion, ReviewDecision
from kefu.lab.queries.addresses import subject_of
from kefu.lab.queries.matching import Held, Match, Value
from kefu.lab.queries.results import counting, panel_of, sampled_on
from kefu.lab.queries.reviewing import review_due
from kefu.lab.rules.reasons import Reason
from kefu.lab.rules.results import is_late, judge, same_unit
from kefu.organisation.models import User
from kefu.products.choices import Flag
from kefu.products.queries import range_for
from kefu.products.rules import Bounds

STATES = {
    ResultStatus.FINAL: ResultState.FINAL, ResultStatus.CORRECTED: ResultState.CORRECTED,
    ResultStatus.PRELIMINARY: ResultState.PRELIMINARY, ResultStatus.PARTIAL: ResultState.PRELIMINARY,
    ResultStatus.WITHDRAWN: ResultState.WITHDRAWN, ResultStatus.CANCELLED: ResultState.CANCELLED,
}  # fmt: skip
CRITICAL = (Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH)
LARGEST = Decimal(10) ** 15


@within_action
def file_matches(*, message: Message, matches: Sequence[Match], by: User, at: datetime) -> None:
    """File everything a message says, order by order. Raises Held, and Refused by the gate: then the caller undoes all."""
    orders = {match.order.pk: match.order for match in matches}
    for order_id in sorted(orders):
        held = locked(orders[order_id])
        check(FILE, by=by, at=at, customer_id=held.customer_id, subject=subject_of(held))
        own = [match for match in matches if match.order.pk == order_id]
        lines = {match.line.pk: match.line for match in own}
        made = [version for match in own for version in _write(message, match, held, at)]
        for line in lines.values():
            _settle(held, line, [version for version in made if version.order_item_id == line.pk], by, at)
        record(
            "lab.results.filed", by=by, at=at, subject=subject_of(held), customer_id=held.customer_id, node_id=held.node_id,
            changes={"message": (None, message.pk), "values": (None, len(made))},
            personal={"items": (None, "、".join(line.item.code for line in lines.values()))},
        )  # fmt: skip


def _write(message: Message, match: Match, order: Order, at: datetime) -> list[ResultVersion]:
    """New versions for what differs from the value that counts; the same again writes nothing."""
    present = {(row.analyte_id, row.sub_id): row for row in counting([match.line])}
    sampled = sampled_on(match.line)
    values = list(match.values)
    if not values and match.group.status is ResultStatus.CANCELLED:
        return _cancel_all(message, match, present, at)
    made = []
    for value in values:
        before = present.get((value.analyte.pk, value.result.sub_id[:40]))
        version = _version(match, value, before)
        version.message, version.at = message, at
        if value.result.promotes and before is None:
            raise Held(Reason.NOTHING_TO_CONFIRM, [value.analyte.code], [order])
        if before is None or _said(before) != _said(version):
            _place(version, before)
            _judge(version, value, order, sampled, at)
            version.save(force_insert=True)
            made.append(version)
    return made


def _cancel_all(
    message: Message, match: Match, present: dict[tuple[int, str], ResultVersion], at: datetime
) -> list[ResultVersion]:
    """OBR-25 X without values: the laboratory gives the whole item up."""
    made = []
    for analyte in match.line.item.analytes.all():
        before = present.get((analyte.pk, ""))
        if before is None or before.state != ResultState.CANCELLED:
            version = ResultVersion(
                order_item=match.line, analyte=analyte, state=ResultState.CANCELLED, status_code="X", flag=Flag.NONE,
                unit=analyte.unit, sent_at=match.sent_at, reported_at=match.group.reported_at, message=message, at=at,
            )  # fmt: skip
            _place(version, before)
            version.save(force_insert=True)
            made.append(version)
    return made


def _version(match: Match, value: Value, before: ResultVersion | None) -> ResultVersion:
    result, state = value.result, _state(match, value.result)
    if result.promotes and before is not None:
        text, comparator, numeric, unit = before.text, before.comparator, before.numeric, before.unit
        lab_range, lab_flag = before.lab_range, before.lab_flag
    else:
        numeric = result.numeric if result.numeric is not None and abs(result.numeric) < LARGEST else None
        text, comparator, unit = result.text, result.comparator, result.unit[:40]
        lab_range, lab_flag = result.range_text[:200], result.flag[:40]
    return ResultVersion(
        order_item=match.line, analyte=value.analyte, sub_id=result.sub_id[:40], state=state,
        status_code=result.status_code[:10], text=text, comparator=comparator, numeric=numeric, unit=unit,
        unit_differs=not same_unit(value.analyte.unit, unit), lab_range=lab_range, lab_flag=lab_flag, notes=result.notes,
        observed_at=result.observed_at or match.group.observed_at, reported_at=match.group.reported_at, sent_at=match.sent_at,
    )  # fmt: skip


def _state(match: Match, result: OruResult) -> ResultState:
    """OBX-11 counts, except that an item the laboratory calls preliminary has no final values, and `""` takes a value back."""
    if result.deleted:
        return ResultState.WITHDRAWN
    state = STATES[result.status]
    unfinished = match.group.status is ResultStatus.PRELIMINARY and state == ResultState.FINAL
    return ResultState.PRELIMINARY if unfinished else state


def _said(version: ResultVersion) -> tuple[object, ...]:
    """What has to differ for a new version: the value and what it counts for, not when it was sent."""
    return (
        version.state,
        version.text,
        version.comparator,
        version.unit,
        version.lab_range,
        version.lab_flag,
        version.notes,
    )


def _place(version: ResultVersion, before: ResultVersion | None) -> None:
    """Give the version its number, and see whether it was overtaken on its way."""
    rows = ResultVersion.objects.filter(order_item=version.order_item, analyte=version.analyte, sub_id=version.sub_id)
    version.version = rows.count() + 1
    if before is not None:
        version.late = is_late(version.sent_at, version.state, before.sent_at, before.state)


def _judge(version: ResultVersion, value: Value, order: Order, sampled: date | None, at: datetime) -> None:
    """Our own judgement, for the customer's sex and age on the day of the sample; none for a value in another unit."""
    day = sampled or timezone.localdate(version.observed_at or at)
    analyte, customer = value.analyte, order.customer
    found = range_for(analyte, customer.sex, customer.age(day))
    version.low, version.high = (found.low, found.high) if found else (None, None)
    limits = Bounds(found.low, found.high) if found else None
    readable = version.state not in (ResultState.WITHDRAWN, ResultState.CANCELLED) and not version.unit_differs
    critical = Bounds(analyte.critical_low, analyte.critical_high)
    version.flag = judge(version.numeric if readable else None, version.comparator, limits, critical)


def _settle(order: Order, line: OrderItem, made: Sequence[ResultVersion], by: User, at: datetime) -> None:
    """What the new versions of an item mean for its report."""
    counted = [version for version in made if not version.late]
    if not counted:
        return
    standing = panel_of(line, counting([line]))
    report = (
        Report.objects.current().select_for_update(of=("self",)).filter(order_item=line, kind=ReportKind.ITEM).first()
    )
    _raise_alarm(order, [version for version in counted if version.flag in CRITICAL], at)
    status = ReportStatus.CANCELLED if standing.cancelled else ReportStatus.ARRIVED
    if report is not None and report.status == ReportStatus.APPROVED:
        report = _supersede(order, report, counted, by, at)
    if report is None and standing.complete:
        report = Report.objects.create(
            order=order,
            kind=ReportKind.ITEM,
            order_item=line,
            status=status,
            arrived_at=at,
            due_at=review_due(order.node, at),
        )
        _arrived(order, report, by, at)
    elif report is not None and standing.complete:
        again = report.status == ReportStatus.RETURNED
        report.status = status
        if again:
            report.arrived_at, report.due_at = at, review_due(order.node, at)
        report.save(update_fields=["status", "arrived_at", "due_at"])
        if again:
            _arrived(order, report, by, at)
    elif report is not None:
        report.status, report.due_at = ReportStatus.RETURNED, None
        report.save(update_fields=["status", "due_at"])


def _supersede(order: Order, report: Report, counted: Sequence[ResultVersion], by: User, at: datetime) -> Report:
    """A correction after approval: the report gives way to a new version and the review begins again (LAB-007)."""
    report.status = ReportStatus.SUPERSEDED
    report.save(update_fields=["status"])
    reason = _("检验室更正了结果")
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


def _arrived(order: Order, report: Report, by: User, at: datetime) -> None:
    first = order.report_arrived_at is None
    if first:
        progress(order, report_arrived_at=at)
    record_fact(customer=order.customer_id, kind=FactKind.REPORT, item=_("收到检验报告，检测单 %s") % order.number,
                lines=[report.order_item.item.label] if report.order_item else [], subject=subject_of(order), by=by, at=at)  # fmt: skip
    tell_arrived(order=order, at=at)
    announce(
        ReportArrived(order_id=order.pk, customer_id=order.customer_id, report_id=report.pk, first=first, by=by, at=at)
    )
