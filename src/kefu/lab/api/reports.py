"""Reports over the API: reading what one may open, and the steps from approval to explanation."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from ninja import Router

from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Line, Moment, Out, Text
from kefu.foundation.audit.trail import Subject, record_read
from kefu.kernel.ids import ident
from kefu.lab.actions.handovers import hand_over
from kefu.lab.actions.interpretations import interpret
from kefu.lab.actions.overall import write_overall
from kefu.lab.actions.papers import make_paper
from kefu.lab.actions.reviews import KIND, approve_report
from kefu.lab.choices import HandoverMode, InterpretationMode, ReportKind, ReportStatus
from kefu.lab.models import Report, ResultVersion
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.papers import paper_values, text_of
from kefu.lab.queries.results import as_decided

router = Router(tags=["reports"])


class ApprovalIn(In):
    """Words to the doctor and the health manager."""

    note: Line | None = None


class OverallIn(In):
    """The overall report; a change of one that was entered says why."""

    text: Text
    reason: Line | None = None


class PaperIn(In):
    """Why a paper report is made again; nothing the first time."""

    reason: Line | None = None


class HandoverIn(In):
    """How the paper report left, and when the customer received it, if known."""

    mode: HandoverMode
    received_on: Day | None = None
    carrier: Line | None = None
    waybill: Line | None = None


class InterpretationIn(In):
    """How the report was explained."""

    mode: InterpretationMode = InterpretationMode.IN_PERSON
    note: Text | None = None


class ResultOut(Out):
    """A value as sent, with our judgement (`flag`) beside the laboratory's (`laboratory_flag`). A range bound is null where there is none."""

    item: str
    analyte: str
    name: str
    value: str
    unit: str
    flag: str
    low: str | None
    high: str | None
    laboratory_flag: str | None
    laboratory_range: str | None
    state: str


class ReportOut(Out):
    """Where a report stands."""

    id: str
    kind: str
    status: str
    status_label: str
    order: str
    version: int


class ReportDetail(ReportOut):
    """A report with its content, for those who may open it."""

    arrived_at: Moment
    approved_at: Moment | None
    results: list[ResultOut]
    text: str | None
    received_on: date | None


@router.get("reports/{report_id}", response={200: ReportDetail, **RESPONSES}, operation_id="reports_read")
@needs(LabPermission.REPORT_READ, LabPermission.REPORT_UNREVIEWED)
def read_report(request: ApiRequest, report_id: Ident) -> dict[str, object]:
    """One report with its results; before approval it exists for the consulting department only (LAB-008)."""
    report: Report = reference(_full(Report.objects.readable_by(request.user)), report_id, "rep")
    record_read("lab.report.read", by=request.user, at=request.at, subject=Subject(KIND, report.pk),
                customer_id=report.order.customer_id, node_id=report.order.node_id)  # fmt: skip
    return _show_all(report)


@router.post("reports/{report_id}/approval", response={200: ReportOut, **RESPONSES}, operation_id="reports_approval")
@needs(LabPermission.REPORT_APPROVE)
def approve(request: ApiRequest, report_id: Ident, body: ApprovalIn) -> dict[str, object]:
    """Approve an item report; with the last one the overall report begins (JRN-009)."""
    report = _known(request, report_id)
    return _show(approve_report(report=report, note=body.note or "", by=request.user, at=request.at))


@router.post("reports/{report_id}/overall", response={200: ReportOut, **RESPONSES}, operation_id="reports_overall")
@needs(LabPermission.OVERALL_WRITE)
def overall(request: ApiRequest, report_id: Ident, body: OverallIn) -> dict[str, object]:
    """The doctor enters the overall report (JRN-010)."""
    report = _known(request, report_id)
    write_overall(report=report, text=body.text, reason=body.reason or "", by=request.user, at=request.at)
    return _show(_known(request, report_id))


@router.post("reports/{report_id}/paper", response={200: ReportOut, **RESPONSES}, operation_id="reports_paper")
@needs(LabPermission.PAPER_MAKE)
def paper(request: ApiRequest, report_id: Ident, body: PaperIn) -> dict[str, object]:
    """The complete report is exported for printing (JRN-011)."""
    make_paper(report=_known(request, report_id), reason=body.reason or "", by=request.user, at=request.at)
    return _show(_known(request, report_id))


@router.post("reports/{report_id}/handover", response={200: ReportOut, **RESPONSES}, operation_id="reports_handover")
@needs(LabPermission.HANDOVER)
def handover(request: ApiRequest, report_id: Ident, body: HandoverIn) -> dict[str, object]:
    """The paper report is collected or posted; said again, the day of receipt becomes known (JRN-012, LAB-009)."""
    hand_over(
        report=_known(request, report_id), mode=body.mode, received_on=body.received_on, carrier=body.carrier or "",
        waybill=body.waybill or "", by=request.user, at=request.at,
    )  # fmt: skip
    return _show(_known(request, report_id))


@router.post(
    "reports/{report_id}/interpretation", response={200: ReportOut, **RESPONSES}, operation_id="reports_interpretation"
)
@needs(LabPermission.INTERPRET)
def interpretation(request: ApiRequest, report_id: Ident, body: InterpretationIn) -> dict[str, object]:
    """The doctor explained the report (JRN-013)."""
    interpret(report=_known(request, report_id), mode=body.mode, note=body.note or "", by=request.user, at=request.at)
    return _show(_known(request, report_id))


def _known(request: ApiRequest, text: str) -> Report:
    """A report of which the person may know that it exists; what may be done with it the action decides."""
    return reference(_full(Report.objects.known_to(request.user)), text, "rep")


def _full(reports: QuerySet[Report]) -> QuerySet[Report]:
    return reports.select_related(
        "order__customer__node", "order__customer__doctor", "order__customer__health_manager", "order__node", "order__doctor",
        "order_item__item",
    )  # fmt: skip


def _show(report: Report) -> dict[str, object]:
    return {
        "id": ident("rep", report.pk), "kind": report.kind, "status": report.status, "status_label": report.get_status_display(),
        "order": ident("ord", report.order_id), "version": report.version,
    }  # fmt: skip


def _show_all(report: Report) -> dict[str, object]:
    overall, replaced = report.kind == ReportKind.OVERALL, report.status == ReportStatus.SUPERSEDED
    values = ([] if replaced else paper_values(report)) if overall else as_decided(report)
    text, handover = (text_of(report), report.handovers.order_by("pk").last()) if overall else (None, None)
    return _show(report) | {
        "arrived_at": report.arrived_at, "approved_at": report.approved_at, "results": [_value(value) for value in values],
        "text": text.text if text else None, "received_on": handover.received_on if handover else None,
    }  # fmt: skip


def _value(value: ResultVersion) -> dict[str, object]:
    return {
        "item": value.analyte.item.code, "analyte": value.analyte.code, "name": value.analyte.label, "value": value.text,
        "unit": value.unit, "flag": value.flag, "low": None if value.low is None else f"{value.low.normalize():f}",
        "high": None if value.high is None else f"{value.high.normalize():f}", "laboratory_flag": value.lab_flag or None,
        "laboratory_range": value.lab_range or None, "state": value.state,
    }  # fmt: skip
