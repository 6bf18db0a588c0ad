"""Reports: reading them, the doctor's overall report, and its explanation."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers.models import Customer
from kefu.customers.presentation import view_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import everyone, needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.printing.queries import is_current
from kefu.foundation.ui.http import act, now, page
from kefu.lab.actions.interpretations import correct_interpretation, interpret
from kefu.lab.actions.overall import save_overall_draft, write_overall
from kefu.lab.actions.reviews import KIND
from kefu.lab.choices import InterpretationMode, ReportKind, ReportStatus
from kefu.lab.models import OverallDraft, Report
from kefu.lab.permissions import LabPermission
from kefu.lab.queries import desk, papers
from kefu.lab.queries.reports import next_page
from kefu.lab.report_forms import HandoverForm, InterpretationForm, OverallForm, PaperForm, ReceiptForm
from kefu.lab.report_presentation import report_status, value_rows

RIGHTS = {
    "overall": LabPermission.OVERALL_WRITE, "paper": LabPermission.PAPER_MAKE, "handover": LabPermission.HANDOVER,
    "interpret": LabPermission.INTERPRET, "approve": LabPermission.REPORT_APPROVE,
}  # fmt: skip


@require_GET
@everyone
def reports_next(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Where the customer's reports go on for this person."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("node"), pk=customer_id)
    return redirect(next_page(customer, request.user))


@require_GET
@needs(LabPermission.REPORT_READ, LabPermission.REPORT_UNREVIEWED, LabPermission.OVERALL_VIEW)
def report(request: StaffRequest, pk: int) -> HttpResponse:
    """One report, as far as the reader may open it (LAB-008); the look is audited."""
    shown = readable(request, pk)
    record_read("lab.report.read", by=request.user, at=now(request), subject=Subject(KIND, shown.pk),
                customer_id=shown.order.customer_id, node_id=shown.order.node_id)  # fmt: skip
    return report_page(request, shown)


def report_page(request: StaffRequest, shown: Report, **forms: object) -> HttpResponse:
    """The page of an item report or of the overall report, with the forms of what may be done next."""
    order, at = shown.order, now(request)
    context: dict[str, object] = {
        "report": shown, "order": order, "customer": view_of(order.customer, at), "status": report_status(shown.status),
        "may": {name: allowed(request.user, right, customer=order.customer) for name, right in RIGHTS.items()},
        "others": [(one, report_status(one.status)) for one in _others(request, shown)],
    }  # fmt: skip
    context |= _overall(shown, forms) if shown.kind == ReportKind.OVERALL else _item(shown)
    template = "lab/overall_report.html" if shown.kind == ReportKind.OVERALL else "lab/item_report.html"
    return page(request, template, context | forms)


def _others(request: StaffRequest, shown: Report) -> list[Report]:
    rows = Report.objects.readable_by(request.user).filter(order=shown.order_id).exclude(pk=shown.pk)
    return list(rows.select_related("order_item__item").order_by("kind", "pk"))


def _item(shown: Report) -> dict[str, object]:
    values = desk.sheet_of(shown).every
    return {
        "rows": value_rows(values), "days": desk.earlier_days(values), "decisions": shown.decisions.select_related("by"),
        "criticals": desk.open_criticals(shown), "replaced": shown.status == ReportStatus.SUPERSEDED,
    }  # fmt: skip


def _overall(shown: Report, forms: dict[str, object]) -> dict[str, object]:
    replaced = shown.status == ReportStatus.SUPERSEDED
    made = list(shown.papers.select_related("print", "by", "text").order_by("-pk"))
    last = shown.handovers.select_related("by").order_by("pk").last()
    known = (
        {
            "mode": last.mode,
            "carrier": last.carrier,
            "waybill": last.waybill,
            "received_on": last.received_on,
            "collector": last.collector_id,
        }
        if last
        else {}
    )
    return {
        "replaced": replaced, "text": papers.text_of(shown), "texts": shown.texts.select_related("by").order_by("-version"),
        "parts": [] if replaced else [(one, value_rows(one.values)) for one in papers.sections(shown)],
        "papers": made, "outdated": bool(made) and not replaced and not is_current(made[0].print), "handover": last,
        "handovers": shown.handovers.select_related("by", "collector__relative").order_by("-pk"),
        "interpretations": shown.interpretations.select_related("by").order_by("-pk"),
        "paper_form": PaperForm(), "handover_form": HandoverForm(customer=shown.order.customer), "receipt_form": ReceiptForm(),
        "correction_form": HandoverForm(customer=shown.order.customer, corrects=True, initial=known, prefix="fix"), "interpretation_form": InterpretationForm(),
        "reinterpretation_form": InterpretationForm(corrects=True, prefix="fix"),
    } | forms  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(LabPermission.OVERALL_WRITE)
def overall(request: StaffRequest, pk: int) -> HttpResponseBase:
    """录入总检报告, beside all results; what is typed is kept every few seconds (JRN-010)."""
    shown = readable(request, pk, ReportKind.OVERALL)
    text = papers.text_of(shown)
    draft = OverallDraft.objects.filter(report=shown).first()
    begin = draft.text if draft else text.text if text else ""
    form = OverallForm(request.POST or None, amends=text is not None, initial={"text": begin})

    def show() -> HttpResponse:
        parts = (
            []
            if shown.status == ReportStatus.SUPERSEDED
            else [(one, value_rows(one.values)) for one in papers.sections(shown)]
        )
        view = view_of(shown.order.customer, now(request))
        return page(
            request,
            "lab/overall_form.html",
            {"report": shown, "form": form, "text": text, "draft": draft, "parts": parts, "customer": view},
        )

    if request.method == "GET":
        record_read("lab.report.read", by=request.user, at=now(request), subject=Subject(KIND, shown.pk),
                    customer_id=shown.order.customer_id, node_id=shown.order.node_id)  # fmt: skip
        return show()
    if not form.is_valid():
        answer = show()
        answer.status_code = 422
        return answer
    data = form.cleaned_data
    return act(
        request,
        lambda: write_overall(report=shown, text=data["text"], reason=data.get("reason", ""), by=request.user, at=now(request)),
        success=_("总检报告已录入，等咨询部制作纸质报告。") if text is None else _("总检报告已修改，原文保留。"),
        to=reverse("lab:report", args=[pk]), form=form, render=show,
    )  # fmt: skip


@require_POST
@needs(LabPermission.OVERALL_WRITE)
def overall_draft(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep what was typed so far."""
    shown = readable(request, pk, ReportKind.OVERALL)
    save_overall_draft(report=shown, text=request.POST.get("text", ""), by=request.user, at=now(request))
    return HttpResponse(status=204)


@require_POST
@needs(LabPermission.INTERPRET)
def interpretation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """解读报告, or what was recorded of it put right with a reason (JRN-013)."""
    shown = readable(request, pk, ReportKind.OVERALL)
    corrects = "fix-reason" in request.POST
    form = InterpretationForm(request.POST, corrects=corrects, prefix="fix" if corrects else None)
    name = "reinterpretation_form" if corrects else "interpretation_form"
    if not form.is_valid():
        answer = report_page(request, shown, **{name: form})
        answer.status_code = 422
        return answer
    data = form.cleaned_data | {"mode": InterpretationMode(form.cleaned_data["mode"])}
    verb = correct_interpretation if corrects else interpret
    return act(
        request, lambda: verb(report=shown, **data, by=request.user, at=now(request)),
        success=_("解读已更正。") if corrects else _("已登记解读，可以开产品建议。"), to=reverse("lab:report", args=[pk]), form=form,
        render=lambda: report_page(request, readable(request, pk), **{name: form}),
    )  # fmt: skip


def readable(request: StaffRequest, pk: int, kind: str = "") -> Report:
    """A report whose content the reader may open; all else does not exist (404)."""
    rows = Report.objects.readable_by(request.user).select_related(
        "order__customer__node", "order__customer__doctor", "order__customer__health_manager", "order__doctor", "order__node",
        "order_item__item", "approved_by",
    )  # fmt: skip
    return get_object_or_404(rows.filter(kind=kind) if kind else rows, pk=pk)
