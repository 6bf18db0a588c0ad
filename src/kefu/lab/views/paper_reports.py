"""Paper reports: making them, one or many, and handing them over (JRN-011, JRN-012)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.customers.presentation import view_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import act, now, page
from kefu.foundation.ui.inputs import BulkRow, Status
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.kernel.ids import parse_number
from kefu.lab.actions.handovers import correct_handover, hand_over
from kefu.lab.actions.papers import make_paper, reprint_paper
from kefu.lab.choices import HandoverMode, ReportKind
from kefu.lab.models import Report
from kefu.lab.permissions import LabPermission
from kefu.lab.queries import papers
from kefu.lab.report_forms import HandoverForm, PaperForm, ReceiptForm
from kefu.lab.views.reports import readable, report_page

AT_ONCE = 50


@require_http_methods(["GET", "POST"])
@needs(LabPermission.PAPER_MAKE)
def paper_list(request: StaffRequest) -> HttpResponse:
    """纸质报告: to make (many at once), to hand over, and those of which nobody knows yet whether they arrived."""
    done = _make_all(request) if request.method == "POST" else []
    at, user = now(request), request.user
    context = {
        "export_url": export_url(request, "lab.papers"),
        "done": done, "good": sum(1 for row in done if row.status.tone == "done"),
        "to_make": [(one, view_of(one.order.customer, at)) for one in papers.to_make(user)[:AT_ONCE]],
        "to_hand_over": [(one, view_of(one.order.customer, at)) for one in papers.to_hand_over(user)[:AT_ONCE]],
        "without_receipt": [(one, view_of(one.order.customer, at)) for one in papers.without_receipt(user)[:AT_ONCE]],
    }  # fmt: skip
    return page(request, "lab/papers.html", context)


def _make_all(request: StaffRequest) -> list[BulkRow]:
    """Each report is made or refused by itself."""
    ids = [pk for text in request.POST.getlist("report") if (pk := parse_number(text)) is not None][:AT_ONCE]
    rows = papers.to_make(request.user).filter(pk__in=ids)
    return [_make_one(request, report) for report in rows.select_related("order__customer__node", "order__customer")]


def _make_one(request: StaffRequest, report: Report) -> BulkRow:
    number, name, url = report.order.number, report.order.customer.name, reverse("lab:report", args=[report.pk])
    try:
        made = make_paper(report=report, by=request.user, at=now(request))
    except (Refused, Invalid, Forbidden, OutOfScope) as error:
        return BulkRow(number, name, Status("late", "x", _("没成")), url=url, why=str(error))
    return BulkRow(
        number, name, Status("done", "check", _("已制作")), url=reverse("printing:show", args=[made.print_id])
    )


@require_POST
@needs(LabPermission.PAPER_MAKE)
def paper(request: StaffRequest, pk: int) -> HttpResponseBase:
    """制作纸质报告, again with a reason when the content has changed."""
    shown, form = readable(request, pk, ReportKind.OVERALL), PaperForm(request.POST)
    reason = request.POST.get("reason", "")
    return act(
        request, lambda: make_paper(report=shown, reason=reason, by=request.user, at=now(request)),
        success=_("纸质报告已制作。"), to=lambda made: reverse("printing:show", args=[made.print_id]), form=form,
        render=lambda: report_page(request, readable(request, pk), paper_form=form),
    )  # fmt: skip


@require_POST
@needs(LabPermission.PAPER_MAKE)
def reprint(request: StaffRequest, pk: int) -> HttpResponseBase:
    """补打: one more copy of what was made."""
    shown = readable(request, pk, ReportKind.OVERALL)
    return act(
        request, lambda: reprint_paper(report=shown, by=request.user, at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip


@require_POST
@needs(LabPermission.HANDOVER)
def handover(request: StaffRequest, pk: int) -> HttpResponseBase:
    """发放纸质报告."""
    shown = readable(request, pk, ReportKind.OVERALL)
    form = HandoverForm(request.POST, customer=shown.order.customer)
    if not form.is_valid():
        return _wrong(request, shown, handover_form=form)
    data = form.cleaned_data | {"mode": HandoverMode(form.cleaned_data["mode"])}
    return act(
        request, lambda: hand_over(report=shown, **data, by=request.user, at=now(request)),
        success=_("纸质报告已发放。"), to=_url(shown), form=form,
        render=lambda: report_page(request, readable(request, pk), handover_form=form),
    )  # fmt: skip


@require_POST
@needs(LabPermission.HANDOVER)
def receipt(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customer has received the report; the follow-up clock starts (LAB-009)."""
    shown, form = readable(request, pk, ReportKind.OVERALL), ReceiptForm(request.POST)
    last = shown.handovers.order_by("pk").last()
    if not form.is_valid() or last is None:
        return _wrong(request, shown, receipt_form=form)
    return act(
        request,
        lambda: hand_over(
            report=shown, mode=HandoverMode(last.mode), received_on=form.cleaned_data["received_on"], by=request.user, at=now(request)
        ),
        success=_("收到日期已登记，回访从这一天算起。"), to=_url(shown), form=form,
        render=lambda: report_page(request, readable(request, pk), receipt_form=form),
    )  # fmt: skip


@require_POST
@needs(LabPermission.HANDOVER)
def handover_correction(request: StaffRequest, pk: int) -> HttpResponseBase:
    """更正发放, with the reason."""
    shown = readable(request, pk, ReportKind.OVERALL)
    form = HandoverForm(request.POST, customer=shown.order.customer, corrects=True, prefix="fix")
    if not form.is_valid():
        return _wrong(request, shown, correction_form=form)
    data = form.cleaned_data | {"mode": HandoverMode(form.cleaned_data["mode"])}
    return act(
        request, lambda: correct_handover(report=shown, **data, by=request.user, at=now(request)),
        success=_("发放记录已更正，原记录保留。"), to=_url(shown), form=form,
        render=lambda: report_page(request, readable(request, pk), correction_form=form),
    )  # fmt: skip


def _wrong(request: StaffRequest, shown: Report, **forms: object) -> HttpResponse:
    answer = report_page(request, shown, **forms)
    answer.status_code = 422
    return answer


def _url(shown: Report) -> str:
    return reverse("lab:report", args=[shown.pk])
