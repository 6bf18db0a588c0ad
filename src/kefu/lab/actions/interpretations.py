"""The doctor explains the report (JRN-013)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.kernel.errors import Invalid, Refused
from kefu.lab.actions.overall_lock import locked_overall
from kefu.lab.actions.progress import progress
from kefu.lab.choices import InterpretationMode, ReportStatus
from kefu.lab.events import ReportInterpreted
from kefu.lab.gates import INTERPRET
from kefu.lab.models import Interpretation, Order, Report
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import subject_of
from kefu.lab.sentences import INTERPRETED
from kefu.organisation.models import User

KIND = "lab.report"
LONGEST = 5_000


@action
def interpret(
    *,
    report: Report,
    mode: InterpretationMode = InterpretationMode.IN_PERSON,
    note: str = "",
    by: User,
    at: datetime,
) -> Interpretation:
    """Confirm that the report was explained to the customer (JRN-013). Raises Refused `not_handed_over`, `already_interpreted`."""
    require(by, LabPermission.INTERPRET, customer=report.order.customer)
    order, held = locked_overall(report=report)
    check(INTERPRET, by=by, at=at, customer_id=order.customer_id, subject=subject_of(order))
    if order.handed_over_at is None:
        raise Refused("not_handed_over", _("纸质报告还没有发放，发放后再登记解读。"))
    if order.interpreted_at is not None:
        raise Refused("already_interpreted", _("解读已经登记过；要改请用“更正解读”，并写明原因。"))
    held.status = ReportStatus.INTERPRETED
    held.save(update_fields=["status"])
    progress(order, interpreted_at=at)
    made = _write(order, held, mode, note, "", by, at)
    announce(ReportInterpreted(order_id=order.pk, customer_id=order.customer_id, by=by, at=at))
    return made


@action
def correct_interpretation(
    *, report: Report, mode: InterpretationMode, note: str = "", reason: str, by: User, at: datetime
) -> Interpretation:
    """Put right what was recorded of an interpretation; the earlier entry stays. Raises Invalid, Refused `not_interpreted`."""
    require(by, LabPermission.INTERPRET, customer=report.order.customer)
    order, held = locked_overall(report=report)
    if order.interpreted_at is None:
        raise Refused("not_interpreted", _("还没有登记解读，没有可更正的记录。"))
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明更正的原因"))
    return _write(order, held, mode, note, reason.strip()[:200], by, at)


def _write(
    order: Order, report: Report, mode: InterpretationMode, note: str, reason: str, by: User, at: datetime
) -> Interpretation:
    made = Interpretation.objects.create(
        report=report, mode=mode, note=note.strip()[:LONGEST], reason=reason, by=by, at=at
    )
    record(
        "lab.report.interpretation_corrected" if reason else "lab.report.interpreted", by=by, at=at, reason=reason,
        subject=Subject(KIND, report.pk), customer_id=order.customer_id, node_id=order.node_id,
        changes={"mode": (None, mode)}, personal={"note": (None, made.note)},
    )  # fmt: skip
    told = INTERPRETED(mode=InterpretationMode(mode), number=order.number)
    record_fact(customer=order.customer_id, kind=FactKind.REPORT, item=told,
                lines=filter(None, [made.note[:300], reason]), subject=subject_of(order), by=by, at=at)  # fmt: skip
    return made
