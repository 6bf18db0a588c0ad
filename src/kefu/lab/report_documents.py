"""The complete report on paper (JRN-011, LAB-009), and who may open its files."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.lab.models import Report
from kefu.lab.queries.papers import DOCUMENT, sections, text_of
from kefu.lab.report_presentation import value_rows
from kefu.organisation.models import User

KIND = "lab.report"


def complete_report(report_id: int) -> dict[str, object]:
    """Every result with range and judgement, then the doctor's overall report."""
    report = Report.objects.select_related("order__customer", "order__node", "order__doctor").get(pk=report_id)
    order, customer, text = report.order, report.order.customer, text_of(report)
    parts = [(section, value_rows(section.values)) for section in sections(report)]
    outside = [row for _section, rows in parts for row in rows if row.flag]
    return {
        "number": order.number, "node": order.node.zh, "customer": customer.name, "at": timezone.localdate(text.at) if text else None,
        "archive_number": customer.archive_number or "", "sex": customer.get_sex_display(),
        "age": customer.age(timezone.localdate(order.placed_at)), "birth_date": customer.birth_date, "version": report.version,
        "doctor": f"{order.doctor.name} {order.doctor.job_number}", "ordered_on": timezone.localdate(order.placed_at),
        "parts": parts, "outside": outside, "text": text, "phone": order.node.phone,
        "signatures": [_("医生签字"), _("日期")],
    }  # fmt: skip


def _sees(user: User, report_id: int) -> bool:
    return Report.objects.readable_by(user).filter(pk=report_id).exists()


def _nobody_adds(user: User, report_id: int) -> bool:
    return False


def _customer(report_id: int) -> int | None:
    return Report.objects.filter(pk=report_id).values_list("order__customer_id", flat=True).first()


documents.register(DOCUMENT, _("健康管理检测报告"), "lab/print/report.html", context=complete_report)
register_policy(KIND, _sees, add=_nobody_adds, customer=_customer)
