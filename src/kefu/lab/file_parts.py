"""A customer's file has the last report in it (APT-016)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kefu.customers.file_parts import FilePart, register_file_part, without
from kefu.lab.models import Report


def _no_report(ids: Sequence[int]) -> set[int]:
    found = Report.objects.filter(order__customer__in=ids, approved_at__isnull=False)
    return without(ids, found.values_list("order__customer_id", flat=True))


register_file_part(FilePart("report", _("上次的检测报告"), 60, _no_report, later=True))
