"""Orders to manufacturers, how they were sent, and what became known of them on the way (STK-002)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.conditions import any_of
from kefu.foundation.access.queries import scope
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.printing.models import Print
from kefu.kernel.money import line_total
from kefu.organisation.models import User
from kefu.purchasing.choices import OPEN_ORDERS, FactKind, OrderState
from kefu.purchasing.models.requests import PurchaseRequest
from kefu.purchasing.models.suppliers import Supplier, Supply
from kefu.purchasing.permissions import PurchasingPermission
from kefu.stock.models import Warehouse

USER = settings.AUTH_USER_MODEL


class PurchaseOrderQuerySet(models.QuerySet["PurchaseOrder"]):
    """Orders within a user's reach."""

    def visible_to(self, user: User) -> PurchaseOrderQuerySet:
        """Those for the warehouses for which the person sees purchasing or lets goods in."""
        rights = (PurchasingPermission.PLAN_VIEW, PurchasingPermission.COUNT)
        return self.filter(any_of(*(scope(user, right, node="warehouse__node_id") for right in rights)))


class PurchaseOrder(models.Model):
    """What one supplier shall deliver, of an approved request. `expected_on` is the latest day known."""

    number = models.CharField(_("采购单号"), max_length=20, unique=True)
    request = models.ForeignKey(PurchaseRequest, models.PROTECT, related_name="orders", db_index=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="orders", verbose_name=_("厂家"))
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("收货库房"))
    state = models.CharField(_("状态"), max_length=10, choices=OrderState.choices, default=OrderState.TO_SEND)
    expected_on = models.DateField(_("预计到货"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    objects = PurchaseOrderQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expected_on"], name="order_open", condition=Q(state__in=OPEN_ORDERS))]
        constraints = [
            models.UniqueConstraint(fields=["request", "supplier"], name="order_supplier_once"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_ORDERS, ended_at__isnull=True, ended_by__isnull=True)
                | ~Q(state__in=OPEN_ORDERS) & Q(ended_at__isnull=False, ended_by__isnull=False),
                name="order_ended_says_who",
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.CLOSED) | ~Q(reason=""), name="order_closed_has_reason"
            ),
        ]


class OrderLine(models.Model):
    """Packs of a product at the price agreed to."""

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="lines", db_index=False)
    supply = models.ForeignKey(Supply, models.PROTECT, related_name="order_lines", verbose_name=_("品名"))
    packs = models.PositiveIntegerField(_("数量"))
    price = models.DecimalField(_("进价"), max_digits=10, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "supply"], name="order_supply_once"),
            models.CheckConstraint(condition=Q(packs__gt=0, price__gte=0), name="order_line_packs"),
        ]

    @property
    def amount(self) -> Decimal:
        """Price times packs, in yuan."""
        return line_total(self.price, self.packs)


class OrderFact(models.Model):
    """Something that became known of an order: taken by the supplier, confirmed, shipped with a waybill, where it is, arrived."""

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="facts")
    kind = models.CharField(_("事项"), max_length=12, choices=FactKind.choices)
    on = models.DateField(_("日期"))
    expected_on = models.DateField(_("预计到货"), null=True, blank=True)
    carrier = models.CharField(_("承运"), max_length=60, blank=True)
    waybill = models.CharField(_("运单号"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=(FactKind.CONFIRMED, FactKind.DELAYED)) | Q(expected_on__isnull=False),
                name="fact_says_when",
            ),
            models.CheckConstraint(condition=~Q(kind=FactKind.SHIPPED) | ~Q(carrier=""), name="fact_says_by_whom"),
        ]


class OrderSending(models.Model):
    """One attempt to send the order by mail: the very paper, to which address, and the message it left by."""

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="sendings")
    print = models.ForeignKey(Print, models.PROTECT, related_name="+", db_index=False)
    message = models.OneToOneField(OutboxMessage, models.PROTECT, related_name="+")
    to = models.EmailField(_("发到"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
