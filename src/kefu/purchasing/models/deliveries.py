"""Goods at the gate: counted by two people under their own names, and let in once both have the same figures (STK-003, STK-004)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.conditions import any_of
from kefu.foundation.access.queries import scope
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.purchasing.choices import DeliveryState, Side
from kefu.purchasing.models.orders import PurchaseOrder
from kefu.purchasing.models.suppliers import Supplier
from kefu.purchasing.permissions import PurchasingPermission
from kefu.stock.models import Receipt, Warehouse

USER = settings.AUTH_USER_MODEL


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries within a user's reach."""

    def visible_to(self, user: User) -> DeliveryQuerySet:
        """Those at the warehouses for which the person sees purchasing or lets goods in."""
        rights = (PurchasingPermission.PLAN_VIEW, PurchasingPermission.COUNT)
        return self.filter(any_of(*(scope(user, right, node="warehouse__node_id") for right in rights)))


class Delivery(models.Model):
    """What arrived on a day, of an order or with a reason why without one."""

    number = models.CharField(_("到货单号"), max_length=20, unique=True)
    order = models.ForeignKey(PurchaseOrder, models.PROTECT, null=True, related_name="deliveries")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="+", verbose_name=_("厂家"))
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("收货库房"))
    arrived_on = models.DateField(_("到货日期"))
    waybill = models.CharField(_("运单号"), max_length=60, blank=True)
    reason = models.CharField(_("没有采购单的原因"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.COUNTING)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    dropped = models.CharField(_("作废原因"), max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["at"], name="delivery_open", condition=Q(state=DeliveryState.COUNTING))]
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False) | ~Q(reason=""), name="delivery_without_order_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state=DeliveryState.DROPPED) | ~Q(dropped=""), name="delivery_dropped_has_reason"
            ),
        ]


class Count(models.Model):
    """What one person counted and confirmed; the latest of each side counts. `digest` stands for the figures of all its lines."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="counts")
    side = models.CharField(_("哪一方"), max_length=8, choices=Side.choices)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "delivery", "side", "by", "digest"], name="count_as_referred_to")
        ]


class CountLine(models.Model):
    """Packs of one lot: those in order, and those damaged."""

    count = models.ForeignKey(Count, models.PROTECT, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    lot = models.CharField(_("批号"), max_length=40)
    expiry = models.DateField(_("有效期至"), null=True)
    packs = models.PositiveIntegerField(_("完好"))
    damaged = models.PositiveIntegerField(_("破损"), default=0)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "product", "lot"], name="count_lot_once"),
            models.CheckConstraint(condition=Q(packs__gt=0) | Q(damaged__gt=0), name="count_line_packs"),
        ]


class Allowance(models.Model):
    """The product department lets in more of a product than was ordered, and says why."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="allowances", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    packs = models.PositiveIntegerField(_("可多收"))
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "product"], name="allowance_once"),
            models.CheckConstraint(condition=Q(packs__gt=0) & ~Q(reason=""), name="allowance_says_why"),
        ]


class Acceptance(models.Model):
    """The joint acceptance a stock-in slip rests on.

    Two keys over several columns (migration) let each of the two counts be only one of this delivery, of its side, by that person
    and with this `digest`: so both have the same figures, and the check makes them two people.
    """

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="acceptance")
    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="acceptance")
    digest = models.CharField(max_length=64)
    keeper_count = models.OneToOneField(Count, models.PROTECT, related_name="acceptance_of")
    keeper_side = models.CharField(max_length=8, default=Side.KEEPER)
    keeper_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    product_count = models.ForeignKey(Count, models.PROTECT, related_name="+", db_index=False)
    product_side = models.CharField(max_length=8, default=Side.PRODUCT)
    product_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(keeper_by=F("product_by")), name="acceptance_two_people"),
            models.CheckConstraint(
                condition=Q(keeper_side=Side.KEEPER, product_side=Side.PRODUCT), name="acceptance_both_sides"
            ),
        ]
