"""Samples, their checks, and how they travel to the laboratory (LAB-005, LAB-006)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.scopes import customer_scope
from kefu.foundation.access.rules import Permission
from kefu.lab.choices import ConsignmentMode, SampleState
from kefu.lab.models.kits import KitIssueLine
from kefu.lab.models.orders import Order, OrderItem
from kefu.lab.permissions import LabPermission
from kefu.organisation.models import Node, User
from kefu.products.choices import SamplingSite
from kefu.products.models import RejectReason

USER = settings.AUTH_USER_MODEL


class Consignment(models.Model):
    """How samples of an order went to the laboratory: sent by the centre, or posted by the customer."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="consignments")
    mode = models.CharField(_("送检方式"), max_length=10, choices=ConsignmentMode.choices)
    carrier = models.CharField(_("快递公司"), max_length=60, blank=True)
    waybill = models.CharField(_("快递单号"), max_length=60, blank=True)
    sent_on = models.DateField(_("送出日期"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ["order_id", "id"]


class SampleQuerySet(models.QuerySet["Sample"]):
    """Samples within a user's reach."""

    def visible_to(self, user: User, permission: Permission = LabPermission.SAMPLE_VIEW) -> Self:
        """Samples of the customers this permission reaches."""
        return self.filter(customer_scope(user, permission, "order__customer__"))


class Sample(models.Model):
    """The sample of one ordered item. An unfit one stays beside the sample that replaces it.

    `due_on` is the day on which it should have arrived. The three checks are None until somebody looked.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="samples", db_index=False)
    order_item = models.ForeignKey(OrderItem, models.PROTECT, related_name="samples")
    kit_line = models.ForeignKey(KitIssueLine, models.PROTECT, null=True, related_name="samples")
    barcode = models.CharField(_("样本号"), max_length=20, unique=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replacements", db_index=False)
    state = models.CharField(_("状态"), max_length=10, choices=SampleState.choices, default=SampleState.AWAITED)
    due_on = models.DateField(_("应收到"))
    taken_at = models.DateTimeField(_("采样时间"), null=True)
    site = models.CharField(_("采样地点"), max_length=10, choices=SamplingSite.choices, blank=True)
    consignment = models.ForeignKey(Consignment, models.PROTECT, null=True, related_name="samples", db_index=False)
    contents_ok = models.BooleanField(_("内容物齐全"), null=True)
    number_ok = models.BooleanField(_("数量够"), null=True)
    quality_ok = models.BooleanField(_("样本合格"), null=True)
    reason = models.ForeignKey(RejectReason, models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    checked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    checked_at = models.DateTimeField(_("核对时间"), null=True)
    checked_node = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = SampleQuerySet.as_manager()

    class Meta:
        ordering = ["order_id", "id"]
        indexes = [
            models.Index(fields=["order", "id"], name="lab_sample_of_order"),
            models.Index(fields=["due_on", "id"], name="lab_sample_awaited", condition=Q(state="awaited")),
            models.Index(
                fields=["-checked_at", "-id"], name="lab_sample_checked", condition=Q(checked_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["order_item"], condition=Q(state__in=["awaited", "accepted"]), name="lab_sample_counting_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(contents_ok=True, number_ok=True, quality_ok=True),
                name="lab_sample_accepted_after_three_checks",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(reason__isnull=False) | ~Q(note=""),
                name="lab_sample_rejected_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["awaited", "void"]) | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="lab_sample_checked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.barcode
