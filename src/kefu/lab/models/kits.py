"""Kits that were handed out or posted for sampling (LAB-003, LAB-005)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.lab.choices import KitMode
from kefu.lab.models.orders import Order
from kefu.products.models import Kit
from kefu.stock.models import IssueSlip

USER = settings.AUTH_USER_MODEL


class KitIssue(models.Model):
    """One hand-out of kits for an order. Taken back, the goods return to stock and the row says why."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="kit_issues")
    slip = models.OneToOneField(IssueSlip, models.PROTECT, related_name="+")
    mode = models.CharField(_("发放方式"), max_length=10, choices=KitMode.choices, default=KitMode.HANDED)
    carrier = models.CharField(_("快递公司"), max_length=60, blank=True)
    waybill = models.CharField(_("快递单号"), max_length=60, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("发放时间"))
    taken_back_at = models.DateTimeField(_("收回时间"), null=True)
    taken_back_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    taken_back_reason = models.CharField(_("收回原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["order_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True, taken_back_reason="")
                | (Q(taken_back_at__isnull=False, taken_back_by__isnull=False) & ~Q(taken_back_reason="")),
                name="lab_kit_taken_back_says_why",
            )
        ]


class KitIssueLine(models.Model):
    """A kit of a hand-out with the barcode on its label."""

    issue = models.ForeignKey(KitIssue, models.PROTECT, related_name="lines")
    kit = models.ForeignKey(Kit, models.PROTECT, related_name="+", db_index=False)
    barcode = models.CharField(_("盒条码"), max_length=20, unique=True)

    class Meta:
        ordering = ["issue_id", "id"]
