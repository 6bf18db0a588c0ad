"""Reports of orders: one for each ordered item, then one overall report (LAB-007, LAB-008, LAB-009)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import FamilyLink
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.conditions import any_of
from kefu.foundation.printing.models import Print
from kefu.lab.choices import DecisionKind, HandoverMode, InterpretationMode, ReportKind, ReportStatus
from kefu.lab.models.orders import Order, OrderItem
from kefu.lab.models.results import ResultVersion
from kefu.lab.permissions import LabPermission
from kefu.organisation.models import User

USER = settings.AUTH_USER_MODEL
TO_REVIEW = (ReportStatus.ARRIVED, ReportStatus.CANCELLED)
"""Statuses of an item report that the consulting department has to decide about."""


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports within a user's reach."""

    def known_to(self, user: User) -> Self:
        """Reports whose existence a person may know: those of the orders he or she sees. Says nothing of their content."""
        return self.filter(customer_scope(user, LabPermission.ORDER_VIEW, "order__customer__"))

    def readable_by(self, user: User) -> Self:
        """Reports whose content a person may open (LAB-008, SEC-004).

        Item reports: before approval the consulting department only, then also the doctor and health manager of the customer.
        The overall report: its doctor and the consulting department; others who read reports once it is written.
        """
        unreviewed = customer_scope(user, LabPermission.REPORT_UNREVIEWED, "order__customer__")
        read = customer_scope(user, LabPermission.REPORT_READ, "order__customer__")
        overall = customer_scope(user, LabPermission.OVERALL_VIEW, "order__customer__")
        item = Q(kind=ReportKind.ITEM) & any_of(unreviewed, Q(approved_at__isnull=False) & read)
        written = Q(Exists(OverallText.objects.filter(report=OuterRef("pk")))) & read
        return self.filter(item | (Q(kind=ReportKind.OVERALL) & any_of(overall, written)))

    def current(self) -> Self:
        """Reports that have not been replaced by a newer version."""
        return self.exclude(status=ReportStatus.SUPERSEDED)


class Report(models.Model):
    """The report of an ordered item, or the overall report of an order once all items are approved.

    A correction after approval supersedes a report, and a new version begins. `approved_at` stays on a superseded report,
    because those who could open it still may. `due_at` is when the review should be done.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="reports", db_index=False)
    kind = models.CharField(max_length=8, choices=ReportKind.choices)
    order_item = models.ForeignKey(OrderItem, models.PROTECT, null=True, related_name="reports")
    version = models.PositiveIntegerField(_("版本"), default=1)
    status = models.CharField(_("状态"), max_length=12, choices=ReportStatus.choices)
    arrived_at = models.DateTimeField(_("送达时间"))
    due_at = models.DateTimeField(_("应审完"), null=True)
    approved_at = models.DateTimeField(_("审核时间"), null=True)
    approved_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["order_id", "id"]
        indexes = [
            models.Index(fields=["order", "id"], name="lab_report_of_order"),
            models.Index(
                fields=["due_at", "id"], name="lab_report_queue", condition=Q(status__in=["arrived", "cancelled"])
            ),
            models.Index(fields=["kind", "status", "id"], name="lab_report_by_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="item", order_item__isnull=False) | Q(kind="overall", order_item__isnull=True),
                name="lab_report_item_or_overall",
            ),
            models.UniqueConstraint(
                fields=["order_item"],
                condition=Q(kind="item") & ~Q(status="superseded"),
                name="lab_report_current_item",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind="overall") & ~Q(status="superseded"),
                name="lab_report_current_overall",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="lab_report_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} v{self.version}"


class ReviewDecision(models.Model):
    """What the consulting department decided about an item report, and about which results. Never changed."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=DecisionKind.choices)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    results = models.JSONField(default=list)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["report_id", "id"]


class CriticalValue(models.Model):
    """A result beyond a critical limit, and who took note of it when."""

    result = models.OneToOneField(ResultVersion, models.PROTECT, related_name="critical")
    order = models.ForeignKey(Order, models.PROTECT, related_name="critical_values")
    told_at = models.DateTimeField(_("提醒时间"))
    acknowledged_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    acknowledged_at = models.DateTimeField(_("确认时间"), null=True)
    note = models.CharField(_("处理"), max_length=200, blank=True)

    class Meta:
        ordering = ["order_id", "id"]


class OverallText(models.Model):
    """A version of the doctor's overall report; the highest counts. Never changed."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="texts")
    version = models.PositiveIntegerField()
    text = models.TextField(_("总检意见"))
    reason = models.CharField(_("修改原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["report_id", "version"]
        constraints = [models.UniqueConstraint(fields=["report", "version"], name="lab_overall_version_once")]


class OverallDraft(models.Model):
    """What the doctor is writing; gone once it is saved."""

    report = models.OneToOneField(Report, models.CASCADE, related_name="draft")
    text = models.TextField(blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()


class PaperReport(models.Model):
    """A printed complete report: the very PDF, and which results and which text it shows. The latest counts."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="papers")
    print = models.OneToOneField(Print, models.PROTECT, related_name="+")
    text = models.ForeignKey(OverallText, models.PROTECT, related_name="+", db_index=False)
    results = models.ManyToManyField(ResultVersion, related_name="+")
    reason = models.CharField(_("重做原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("制作时间"))

    class Meta:
        ordering = ["report_id", "id"]


class Handover(models.Model):
    """How a paper report left for the customer. The latest row counts; a receipt or a correction adds one."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="handovers")
    paper = models.ForeignKey(PaperReport, models.PROTECT, related_name="handovers", db_index=False)
    mode = models.CharField(_("发放方式"), max_length=10, choices=HandoverMode.choices)
    carrier = models.CharField(_("快递公司"), max_length=60, blank=True)
    waybill = models.CharField(_("快递单号"), max_length=60, blank=True)
    received_on = models.DateField(_("客户收到日期"), null=True)
    collector = models.ForeignKey(
        FamilyLink, models.PROTECT, null=True, related_name="+", verbose_name=_("由谁领取"), db_index=False
    )
    reason = models.CharField(_("更正原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ["report_id", "id"]


class Interpretation(models.Model):
    """The doctor explained the report. The latest row counts; a correction adds one."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="interpretations")
    mode = models.CharField(_("解读方式"), max_length=10, choices=InterpretationMode.choices)
    note = models.TextField(_("解读要点"), blank=True)
    reason = models.CharField(_("更正原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("解读时间"))

    class Meta:
        ordering = ["report_id", "id"]
