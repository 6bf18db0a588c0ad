"""Test orders with their items, versions, signatures and report dates (LAB-001, LAB-002, LAB-004)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.billing.models import Charge
from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.sentences.saying import speak_kept
from kefu.lab.choices import OrderStatus, PromiseKind, Signer
from kefu.lab.permissions import LabPermission
from kefu.organisation.models import Node, User
from kefu.products.models import Package, TestItem

USER = settings.AUTH_USER_MODEL
NEWEST = ("-placed_at", "-id")


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders within a user's reach."""

    def visible_to(self, user: User, permission: Permission = LabPermission.ORDER_VIEW) -> Self:
        """Orders of the customers this permission reaches; everything else does not exist for the person (404)."""
        return self.filter(customer_scope(user, permission, "customer__"))


class Order(models.Model):
    """Tests that a doctor ordered for a customer.

    `status` is derived from the facts below and from samples by `actions.progress`; nobody types it. `version` counts
    what is ordered: a signature counts only for the version it was given for.
    """

    number = models.CharField(_("检测单号"), max_length=20, unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="lab_orders", verbose_name=_("客户"), db_index=False
    )
    doctor = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name=_("医生"), db_index=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+", verbose_name=_("分中心"), db_index=False)
    status = models.CharField(_("状态"), max_length=24, choices=OrderStatus.choices, default=OrderStatus.TESTS_ORDERED)
    version = models.PositiveIntegerField(_("版本"), default=1)
    total = models.DecimalField(_("合计"), max_digits=12, decimal_places=2)
    note = models.CharField(_("备注"), max_length=500, blank=True)
    estimated_due = models.DateField(_("预计出报告"))
    promised_due = models.DateField(_("承诺出报告"), null=True, blank=True)
    placed_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    placed_at = models.DateTimeField(_("开单时间"))
    signed_at = models.DateTimeField(_("签字时间"), null=True)
    kit_issued_at = models.DateTimeField(_("发盒时间"), null=True)
    testing_since = models.DateTimeField(_("开始检测"), null=True)
    report_arrived_at = models.DateTimeField(_("首份报告送达"), null=True)
    released_at = models.DateTimeField(_("审核通过"), null=True)
    overall_at = models.DateTimeField(_("总检录入"), null=True)
    paper_at = models.DateTimeField(_("纸质报告制作"), null=True)
    handed_over_at = models.DateTimeField(_("纸质报告发放"), null=True)
    interpreted_at = models.DateTimeField(_("解读"), null=True)
    cancelled_at = models.DateTimeField(_("作废时间"), null=True)
    cancelled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    cancelled_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = NEWEST
        indexes = [
            models.Index(fields=NEWEST, name="lab_order_newest"),
            models.Index(fields=["customer", *NEWEST], name="lab_order_of_customer"),
            models.Index(fields=["status", *NEWEST], name="lab_order_by_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="lab_order_total"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancelled_reason="")
                | (Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancelled_reason="")),
                name="lab_order_cancelled_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def due(self) -> object:
        """The report date that counts: the promise, before it the estimate."""
        return self.promised_due or self.estimated_due


class OrderItem(models.Model):
    """An ordered test. A change of the order takes lines out (`removed_in`) and adds others; none is rewritten."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="items", db_index=False)
    item = models.ForeignKey(TestItem, models.PROTECT, related_name="+", verbose_name=_("检测项目"))
    package = models.ForeignKey(
        Package, models.PROTECT, null=True, related_name="+", verbose_name=_("套餐"), db_index=False
    )
    price = models.DecimalField(_("单价"), max_digits=10, decimal_places=2)
    quantity = models.PositiveSmallIntegerField(_("数量"), default=1)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    position = models.PositiveSmallIntegerField(_("顺序"))
    added_in = models.PositiveIntegerField(default=1)
    removed_in = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["order_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "item"], condition=Q(removed_in__isnull=True), name="lab_order_item_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="lab_order_item_quantity"),
            models.CheckConstraint(condition=Q(amount=F("price") * F("quantity")), name="lab_order_item_amount"),
        ]
        indexes = [models.Index(fields=["order", "position"], name="lab_order_item_line")]


class OrderVersion(models.Model):
    """What was ordered in each version, by whom it was changed and why."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    details = models.JSONField(default=list)
    total = models.DecimalField(_("合计"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["order_id", "version"]
        constraints = [models.UniqueConstraint(fields=["order", "version"], name="lab_order_version_once")]

    @property
    def lines(self) -> list[str]:
        """What was ordered, one text each, in the reader's language."""
        return [speak_kept(line) for line in self.details]


class Signature(models.Model):
    """Somebody signed the printed sheet of one version; the charge it made due. Void when the order changes (LAB-002)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="signatures")
    version = models.PositiveIntegerField()
    signer = models.CharField(_("签字人"), max_length=10, choices=Signer.choices, default=Signer.CUSTOMER)
    signer_name = models.CharField(_("姓名"), max_length=60)
    signed_on = models.DateField(_("签字日期"))
    printed_at = models.DateTimeField(_("打印时间"), null=True)
    charge = models.OneToOneField(Charge, models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(_("登记时间"))
    voided_at = models.DateTimeField(_("失效时间"), null=True)
    voided_reason = models.CharField(_("失效原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["order_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(voided_at__isnull=True), name="lab_order_signed_once"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_reason="")
                | (Q(voided_at__isnull=False) & ~Q(voided_reason="")),
                name="lab_signature_voided_says_why",
            ),
        ]


class ReportPromise(models.Model):
    """A report date and how it came about: counted from `starts_on` over `days`; the latest row counts (LAB-004)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=12, choices=PromiseKind.choices)
    starts_on = models.DateField(_("起算日"))
    days = models.PositiveSmallIntegerField(_("天数"))
    calendar_days = models.BooleanField(_("按自然日"))
    due_on = models.DateField(_("出报告日期"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["order_id", "id"]
