"""How reports look, for templates that are shown on others' pages."""

from __future__ import annotations

from django import template

from kefu.foundation.ui.inputs import Status
from kefu.lab.models import Report
from kefu.lab.report_presentation import report_status as status_of

register = template.Library()


@register.simple_tag
def report_status(report: Report) -> Status:
    """A report's status with colour and icon."""
    return status_of(report.status)
