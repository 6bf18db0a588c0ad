"""Producing the paper report (JRN-011, LAB-009)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.models import Print
from kefu.foundation.printing.queries import is_current
from kefu.kernel.errors import Invalid, Refused
from kefu.lab.actions.overall_lock import locked_overall
from kefu.lab.actions.progress import progress
from kefu.lab.choices import ReportStatus
from kefu.lab.events import PaperMade
from kefu.lab.gates import PAPER
from kefu.lab.models import Order, OverallText, PaperReport, Report
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import subject_of
from kefu.lab.queries.papers import DOCUMENT, paper_values
from kefu.lab.sentences import PAPER_MADE, PAPER_REMADE
from kefu.organisation.models import User

KIND = "lab.report"


@action
def make_paper(*, report: Report, reason: str = "", by: User, at: datetime) -> PaperReport:
    """Export the complete report for printing; which results and which text it shows is kept (JRN-011).

    Made before, it is made again only when its content has changed, and with a reason. Raises Invalid on `reason`,
    Refused `no_overall`, `paper_is_current`, `superseded`.
    """
    require(by, LabPermission.PAPER_MAKE, customer=report.order.customer)
    order, held = locked_overall(report=report)
    if held.texts.exists() and not held.papers.exists():
        check(PAPER, by=by, at=at, customer_id=order.customer_id, subject=subject_of(order))
    text = held.texts.order_by("version").last()
    if text is None:
        raise Refused("no_overall", _("医生还没有录入总检报告。"))
    last = held.papers.select_related("print").order_by("pk").last()
    if last is not None and is_current(last.print):
        raise Refused("paper_is_current", _("纸质报告已经做好，内容没有变；要再打一份请用“补打”。"))
    if last is not None and not reason.strip():
        raise Invalid.one("reason", "required", _("请写明重新制作的原因"))
    made = _print(order, held, text, reason if last else "", by, at)
    if last is None:
        held.status = ReportStatus.PAPER_MADE
        held.save(update_fields=["status"])
        progress(order, paper_at=at)
        announce(PaperMade(order_id=order.pk, customer_id=order.customer_id, by=by, at=at))
    return made


@action
def reprint_paper(*, report: Report, by: User, at: datetime) -> Print:
    """Print the paper report once more as a copy. Raises Refused `no_paper`, `paper_outdated`."""
    require(by, LabPermission.PAPER_MAKE, customer=report.order.customer)
    order, held = locked_overall(report=report)
    last = held.papers.select_related("print").order_by("pk").last()
    if last is None:
        raise Refused("no_paper", _("纸质报告还没有制作。"))
    if not is_current(last.print):
        raise Refused("paper_outdated", _("内容已经改过，请重新制作纸质报告。"))
    return print_document(code=DOCUMENT, subject=Subject(KIND, held.pk), customer_id=order.customer_id, by=by, at=at)


def _print(order: Order, report: Report, text: OverallText, reason: str, by: User, at: datetime) -> PaperReport:
    printed = print_document(
        code=DOCUMENT, subject=Subject(KIND, report.pk), customer_id=order.customer_id, by=by, at=at
    )
    made = PaperReport.objects.create(
        report=report, print=printed, text=text, reason=reason.strip()[:200], by=by, at=at
    )
    made.results.set(paper_values(report))
    record(
        "lab.paper.made", by=by, at=at, subject=Subject(KIND, report.pk), customer_id=order.customer_id, node_id=order.node_id,
        reason=made.reason, changes={"print": (None, printed.pk), "version": (None, printed.version), "text": (None, text.version)},
    )  # fmt: skip
    told = PAPER_REMADE if made.reason else PAPER_MADE
    record_fact(customer=order.customer_id, kind=FactKind.REPORT, item=told(number=order.number),
                lines=[made.reason] if made.reason else [], subject=subject_of(order), by=by, at=at)  # fmt: skip
    return made
