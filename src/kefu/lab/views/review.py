"""报告审核: the queue, one report at a time, and what is decided about it (JRN-009)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers.presentation import view_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.ui.http import act, now, page
from kefu.kernel.ids import parse_number
from kefu.lab.actions.reviews import KIND, acknowledge_critical, approve_report, return_report, withdraw_approval
from kefu.lab.choices import ReportKind
from kefu.lab.models import Report
from kefu.lab.models.reports import TO_REVIEW
from kefu.lab.permissions import LabPermission
from kefu.lab.queries import desk
from kefu.lab.queries.concerned import concerned
from kefu.lab.queries.reports import overdue_reports
from kefu.lab.report_presentation import value_rows

NORMAL_SHOWN = 12
LATE_SHOWN = 10


@require_GET
@needs(LabPermission.REPORT_APPROVE)
def review_desk(request: StaffRequest) -> HttpResponse:
    """The queue with its first report open."""
    first = desk.to_review(request.user).select_related("order__customer").first()
    return _desk(request, _full(request, first.pk) if first else None)


@require_GET
@needs(LabPermission.REPORT_APPROVE)
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """One report on the desk."""
    return _desk(request, _full(request, pk))


def _desk(request: StaffRequest, report: Report | None) -> HttpResponse:
    at, user = now(request), request.user
    waiting = desk.queue(user)
    context: dict[str, object] = {
        "queue": [(one, view_of(one.report.order.customer, at)) for one in waiting], "total": desk.to_review(user).count(),
        "late": sum(1 for one in waiting if one.report.due_at and one.report.due_at < at), "report": report,
        "overdue": overdue_reports(user, at, LATE_SHOWN), "returned": desk.returned(user).select_related("order__customer", "order_item__item")[:LATE_SHOWN],
    }  # fmt: skip
    if report is not None:
        context |= _sheet(request, report)
    return page(request, "lab/review.html", context)


def _sheet(request: StaffRequest, report: Report) -> dict[str, object]:
    order, at = report.order, now(request)
    record_read("lab.report.read", by=request.user, at=at, subject=Subject(KIND, report.pk), customer_id=order.customer_id,
                node_id=order.node_id)  # fmt: skip
    sheet = desk.sheet_of(report)
    normal = value_rows(sheet.normal)
    values = sheet.every
    return {
        "sheet": sheet, "abnormal": value_rows(sheet.abnormal), "changed": value_rows(sheet.changed), "normal": normal[:NORMAL_SHOWN],
        "folded": normal[NORMAL_SHOWN:], "customer": view_of(order.customer, at), "facts": desk.facts_of(report, values),
        "criticals": desk.open_criticals(report), "message": values[0].result.message if values else None,
        "people": concerned(order), "open": report.status in TO_REVIEW, "days": desk.earlier_days(values),
        "decisions": report.decisions.select_related("by"),
    }  # fmt: skip


@require_POST
@needs(LabPermission.REPORT_APPROVE)
def approval(request: StaffRequest, pk: int) -> HttpResponseBase:
    """审核通过."""
    report = _full(request, pk)
    checked = {item for text in request.POST.getlist("checked") if (item := parse_number(text)) is not None}
    seen = parse_number(request.POST.get("seen"))
    return act(
        request,
        lambda: approve_report(
            report=report, checked=checked, seen=seen, note=request.POST.get("note", ""), by=request.user, at=now(request)
        ),
        success=_said, to=reverse("lab:review_desk"), render=lambda: _desk(request, _full(request, pk)),
    )  # fmt: skip


def _said(report: Report) -> str:
    names = "、".join(user.name for user in concerned(report.order))
    return _("已审核通过，%s可以打开。") % names


@require_http_methods(["GET", "POST"])
@needs(LabPermission.REPORT_APPROVE)
def report_return(request: StaffRequest, pk: int) -> HttpResponseBase:
    """退回检验室, with the reason."""
    report = _full(request, pk)
    if request.method == "GET":
        return _ask(request, report, "return")
    return act(
        request, lambda: return_report(report=report, reason=request.POST.get("reason", ""), by=request.user, at=now(request)),
        success=_("已退回检验室，重发后会回到审核。"), to=reverse("lab:review_desk"), render=lambda: _ask(request, report, "return"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(LabPermission.REPORT_APPROVE)
def withdrawal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """撤回审核, with the reason."""
    report = _full(request, pk)
    if request.method == "GET":
        return _ask(request, report, "withdraw")
    return act(
        request, lambda: withdraw_approval(report=report, reason=request.POST.get("reason", ""), by=request.user, at=now(request)),
        success=_("审核已撤回，其他人暂时打不开这份报告。"), to=reverse("lab:review", args=[pk]),
        render=lambda: _ask(request, report, "withdraw"),
    )  # fmt: skip


def _ask(request: StaffRequest, report: Report, what: str) -> HttpResponse:
    return page(request, "lab/review_ask.html", {"report": report, "what": what, "people": concerned(report.order)})


@require_POST
@needs(LabPermission.REPORT_READ)
def acknowledgement(request: StaffRequest, pk: int) -> HttpResponseBase:
    """危急值已知晓."""
    readable = Report.objects.readable_by(request.user).select_related("order__customer", "order__node")
    report = get_object_or_404(readable, pk=pk, kind=ReportKind.ITEM)
    return act(
        request, lambda: acknowledge_critical(report=report, note=request.POST.get("note", ""), by=request.user, at=now(request)),
        success=_("已记下您的姓名和时间。"), to=reverse("lab:report", args=[pk]),
    )  # fmt: skip


def _full(request: StaffRequest, pk: int) -> Report:
    rows = Report.objects.readable_by(request.user).filter(kind=ReportKind.ITEM)
    return get_object_or_404(
        rows.select_related("order__customer__node", "order__customer__doctor", "order__customer__health_manager", "order__doctor",
                            "order__node", "order_item__item", "approved_by"), pk=pk,
    )  # fmt: skip
