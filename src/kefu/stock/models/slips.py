"""Papers of the warehouse: the stock-in slip that is kept (STK-004) and the issue slip (STK-006)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.stock.models.ledger import Balance
from kefu.stock.models.places import Lot, Warehouse


class Receipt(models.Model):
    """Goods booked in from counted figures; the slip [底单] stays."""

    number = models.CharField(_("入库单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="receipts")
    received_on = models.DateField(_("入库日期"))
    supplier = models.CharField(_("来源"), max_length=100, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))


class ReceiptLine(models.Model):
    """A counted line of a stock-in slip."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="lines")
    balance = models.ForeignKey(Balance, models.PROTECT, related_name="+")
    packs = models.PositiveIntegerField(_("数量"))
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(packs__gt=0), name="receipt_line_packs")]


class IssueSlip(models.Model):
    """Goods that left: for which record of an upper module, for whom, who handed them out.

    `to_warehouse` is where goods went that stay ours: they are on their way there, and come back only by that way.
    """

    number = models.CharField(_("出库单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="issues")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="issue_slips")
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    purpose = models.CharField(_("用途"), max_length=200, blank=True)
    to_warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("调往")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        indexes = [
            models.Index(fields=["warehouse", "-id"], name="issue_latest"),
            models.Index(fields=["subject_kind", "subject_id"], name="issue_subject"),
            models.Index(fields=["at"], name="issue_to_customers", condition=Q(customer__isnull=False)),
        ]


class IssueLine(models.Model):
    """Packs of one lot on an issue slip; `returned` of them came back. A reason says why another lot than proposed left."""

    slip = models.ForeignKey(IssueSlip, models.PROTECT, related_name="lines")
    balance = models.ForeignKey(Balance, models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="issue_lines")
    packs = models.PositiveIntegerField(_("数量"))
    returned = models.PositiveIntegerField(_("已退回"), default=0)
    reason = models.CharField(_("换批原因"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(packs__gt=0), name="issue_line_packs"),
            models.CheckConstraint(condition=Q(returned__lte=F("packs")), name="issue_line_returned"),
        ]
