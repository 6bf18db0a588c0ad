"""Errors in the facts of a product, as colleagues find them (PRD-015)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.products.choices import Fact, ReportState
from kefu.products.models.goods import Product


class FactReport(models.Model):
    """What somebody found wrong in a fact, and how it was settled: corrected, or answered why it is right."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="reports", verbose_name=_("产品"))
    fact = models.CharField(_("哪项资料"), max_length=20, choices=Fact.choices)
    text = models.CharField(_("哪里不对"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    state = models.CharField(_("状态"), max_length=10, choices=ReportState.choices, default=ReportState.OPEN)
    answer = models.CharField(_("答复"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="fact_report_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ReportState.OPEN, settled_by__isnull=True, settled_at__isnull=True)
                | ~Q(state=ReportState.OPEN) & Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(answer=""),
                name="fact_report_settled_says_who",
            ),
        ]
