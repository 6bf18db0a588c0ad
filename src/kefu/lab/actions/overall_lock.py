"""Holding an overall report for a write."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kefu.foundation.audit.trail import within_action
from kefu.kernel.errors import Refused
from kefu.lab.actions.progress import locked
from kefu.lab.choices import ReportKind, ReportStatus
from kefu.lab.models import Order, Report


@within_action
def locked_overall(*, report: Report) -> tuple[Order, Report]:
    """The order and the overall report, held until commit. Raises Refused `not_overall`, `superseded`."""
    if report.kind != ReportKind.OVERALL:
        raise Refused("not_overall", _("单项报告没有这一步，请在总检报告上操作。"))
    order = locked(report.order)
    held = Report.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
    held.order = order
    if held.status == ReportStatus.SUPERSEDED:
        raise Refused("superseded", _("结果有更正，这份总检已被替代；审核通过后请在新的总检报告上操作。"))
    return order, held
