"""Handing the paper report over, and when the customer received it (JRN-012, LAB-009)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind, Topic
from kefu.customers.models import FamilyLink
from kefu.customers.queries.facts import may_be_told
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.foundation.printing.queries import is_current
from kefu.kernel.errors import Invalid, Refused
from kefu.lab.actions.overall_lock import locked_overall
from kefu.lab.actions.progress import progress
from kefu.lab.actions.telling import message_collect, message_posted, tell_paper_ready
from kefu.lab.choices import HandoverMode, ReportStatus
from kefu.lab.events import ReceiptRecorded, ReportHandedOver
from kefu.lab.gates import HANDOVER
from kefu.lab.models import Handover, Order, PaperReport, Report
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import subject_of
from kefu.lab.sentences import COLLECTED_BY, HANDED_OVER, NOT_RECEIVED, RECEIVED
from kefu.organisation.models import User

KIND = "lab.report"


@action
def hand_over(
    *,
    report: Report,
    mode: HandoverMode,
    received_on: date | None = None,
    carrier: str = "",
    waybill: str = "",
    collector: FamilyLink | None = None,
    by: User,
    at: datetime,
) -> Handover:
    """The paper report is issued: for collection, where the health manager is told, or posted, where the customer is (JRN-012).

    May be said again when more is known: the waybill, who fetched it, or the day of receipt, which starts the follow-up clock (LAB-009).
    A guardian or proxy collects it only where the customer let the reports be told to him or her (CUS-037).
    Raises Invalid on `received_on`, `collector`, Refused `no_paper`, `paper_outdated`, `not_to_be_told`, `already_handed_over` for what
    only a correction changes.
    """
    require(by, LabPermission.HANDOVER, customer=report.order.customer)
    _check_day(received_on, at)
    order, held = locked_overall(report=report)
    _check_collector(order, mode, collector, at)
    if not held.handovers.exists():
        check(HANDOVER, by=by, at=at, customer_id=order.customer_id, subject=subject_of(order))
    paper = _paper(held)
    last = held.handovers.filter(paper=paper).order_by("pk").last()
    carrier, waybill = carrier.strip()[:60], waybill.strip()[:60]
    if last is not None:
        return _more_known(order, held, last, mode, received_on, carrier, waybill, collector, by, at)
    made = _write(order, held, paper, mode, received_on, carrier, waybill, collector, "", by, at)
    if held.status == ReportStatus.PAPER_MADE:
        held.status = ReportStatus.HANDED_OVER
        held.save(update_fields=["status"])
    progress(order, handed_over_at=at)
    _tell(order, made, by, at)
    announce(
        ReportHandedOver(
            order_id=order.pk, customer_id=order.customer_id, mode=mode, received_on=received_on, by=by, at=at
        )
    )
    _announce_receipt(order, None, made, by, at)
    return made


@action
def correct_handover(
    *,
    report: Report,
    mode: HandoverMode,
    received_on: date | None = None,
    carrier: str = "",
    waybill: str = "",
    collector: FamilyLink | None = None,
    reason: str,
    by: User,
    at: datetime,
) -> Handover:
    """Put right what was recorded of a hand-over; the earlier entry stays. A day of receipt can be changed, not taken away.

    Raises Invalid (reason, received_on, collector), Refused `not_handed_over`, `not_to_be_told`.
    """
    require(by, LabPermission.HANDOVER, customer=report.order.customer)
    _check_day(received_on, at)
    order, held = locked_overall(report=report)
    _check_collector(order, mode, collector, at)
    last = held.handovers.order_by("pk").last()
    if last is None:
        raise Refused("not_handed_over", _("纸质报告还没有发放，没有可更正的记录。"))
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明更正的原因"))
    if received_on is None and last.received_on is not None:
        raise Invalid.one("received_on", "required", _("已登记过收到日期，请填正确的日期"))
    made = _write(
        order,
        held,
        last.paper,
        mode,
        received_on,
        carrier.strip()[:60],
        waybill.strip()[:60],
        collector,
        reason.strip()[:200],
        by,
        at,
    )
    _announce_receipt(order, last.received_on, made, by, at)
    return made


def _paper(report: Report) -> PaperReport:
    paper = report.papers.select_related("print").order_by("pk").last()
    if paper is None:
        raise Refused("no_paper", _("纸质报告还没有制作，先制作再发放。"))
    if not is_current(paper.print):
        raise Refused("paper_outdated", _("总检或结果在制作之后改过，请重新制作纸质报告再发放。"))
    return paper


def _check_day(received_on: date | None, at: datetime) -> None:
    if received_on is not None and received_on > timezone.localdate(at):
        raise Invalid.one("received_on", "future", _("收到日期不能晚于今天"))


def _check_collector(order: Order, mode: HandoverMode, collector: FamilyLink | None, at: datetime) -> None:
    """Only who may be told of reports gets one into his or her hands (CUS-037)."""
    if collector is None:
        return
    if mode != HandoverMode.COLLECTED or collector.customer_id != order.customer_id:
        raise Invalid.one("collector", "not_collected", _("只有领取时才填由谁领取，并从客户的家人里选。"))
    if not may_be_told(collector, Topic.REPORT, timezone.localdate(at)):
        raise Refused("not_to_be_told", _("客户没有允许把检测报告告诉%s，不能交给他。") % collector.called)


def _more_known(
    order: Order, report: Report, last: Handover, mode: HandoverMode, received_on: date | None, carrier: str, waybill: str,
    collector: FamilyLink | None, by: User, at: datetime,
) -> Handover:  # fmt: skip
    """A second word about the same paper: the receipt, the waybill or who fetched it becomes known; nothing known is changed this way."""
    fetched_by = (collector or last.collector) if mode == HandoverMode.COLLECTED else None
    contradicts = (
        (last.received_on and (received_on or last.received_on) != last.received_on)
        or (last.waybill and waybill and waybill != last.waybill)
        or (last.collector and fetched_by and fetched_by != last.collector)
    )
    if contradicts or (mode != last.mode and (received_on is None or last.received_on is not None)):
        raise Refused("already_handed_over", _("发放已经登记过；要改请用“更正发放”，并写明原因。"))
    told = (received_on or last.received_on, waybill or last.waybill, fetched_by)
    if told == (last.received_on, last.waybill, last.collector):
        nothing_changed()
        return last
    made = _write(
        order,
        report,
        last.paper,
        mode,
        told[0],
        carrier or last.carrier,
        told[1],
        fetched_by,
        "",
        by,
        at,
    )
    if made.waybill != last.waybill and made.received_on is None:
        message_posted(order=order, carrier=made.carrier, waybill=made.waybill, by=by, at=at)
    _announce_receipt(order, last.received_on, made, by, at)
    return made


def _write(
    order: Order, report: Report, paper: PaperReport, mode: HandoverMode, received_on: date | None, carrier: str, waybill: str,
    collector: FamilyLink | None, reason: str, by: User, at: datetime,
) -> Handover:  # fmt: skip
    made = Handover.objects.create(
        report=report,
        paper=paper,
        mode=mode,
        received_on=received_on,
        carrier=carrier,
        waybill=waybill,
        collector=collector,
        reason=reason,
        by=by,
        at=at,
    )
    record(
        "lab.paper.handover_corrected" if reason else "lab.paper.handed_over", by=by, at=at, subject=Subject(KIND, report.pk),
        customer_id=order.customer_id, node_id=order.node_id, reason=reason,
        changes={"mode": (None, mode), "received_on": (None, received_on), "carrier": (None, carrier), "waybill": (None, waybill),
                 "collector": (None, collector.pk if collector else None)},
    )  # fmt: skip
    received = RECEIVED(day=received_on.isoformat()) if received_on else NOT_RECEIVED
    fetched = [COLLECTED_BY(name=collector.called)] if collector else []
    details = [*fetched, received, " ".join(filter(None, (carrier, waybill))), reason]
    record_fact(
        customer=order.customer_id, kind=FactKind.REPORT, amount=order.total, lines=filter(None, details),
        item=HANDED_OVER(mode=HandoverMode(mode), number=order.number),
        subject=subject_of(order), by=by, at=at,
    )  # fmt: skip
    return made


def _tell(order: Order, made: Handover, by: User, at: datetime) -> None:
    """Collection is the health manager's to arrange; a customer who has the report already is not told to fetch it."""
    if made.received_on is not None:
        return
    if made.mode == HandoverMode.POSTED:
        message_posted(order=order, carrier=made.carrier, waybill=made.waybill, by=by, at=at)
    else:
        tell_paper_ready(order=order, at=at)
        message_collect(order=order, by=by, at=at)


def _announce_receipt(order: Order, before: date | None, made: Handover, by: User, at: datetime) -> None:
    if made.received_on is not None and made.received_on != before:
        announce(
            ReceiptRecorded(
                order_id=order.pk, customer_id=order.customer_id, received_on=made.received_on, by=by, at=at
            )
        )
