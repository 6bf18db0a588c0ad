"""Purchases of a customer: what the doctor prescribed, what was bought, how it left (PRD-002 to PRD-004, JRN-014, JRN-015)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.ui.inputs import Status
from kefu.kernel.money import line_total
from kefu.organisation.models import Node, User
from kefu.products.models import Product
from kefu.sales.choices import TONES, DeliveryMode, PreferenceKind, PurchaseState
from kefu.sales.permissions import SalesPermission
from kefu.stock.models import IssueSlip


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    """Purchases within a user's scope."""

    def visible_to(self, user: User, permission: Permission = SalesPermission.VIEW) -> PurchaseQuerySet:
        """Purchases of the customers the permission reaches."""
        return self.filter(customer_scope(user, permission, "customer__"))


class Purchase(models.Model):
    """One list of products, from the doctor's prescription to the parcel. The total is derived from its lines."""

    number = models.CharField(_("购买单号"), max_length=20, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="purchases")
    doctor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("医生"))
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=PurchaseState.choices, default=PurchaseState.PRESCRIBED)
    prescribed_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(null=True)
    signed_by = models.CharField(_("签字人"), max_length=60, blank=True)
    signed_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(_("原因"), max_length=200, blank=True)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-id"], name="purchase_customer"),
            models.Index(fields=["state", "-id"], name="purchase_state"),
        ]
        constraints = [
            models.CheckConstraint(
                name="purchase_signed_says_when",
                condition=~Q(state__in=["signed", "dispatched", "returned"]) | Q(signed_at__isnull=False),
            )
        ]

    @property
    def status(self) -> Status:
        """The state as it is shown: colour, icon and word."""
        tone, icon = TONES[PurchaseState(self.state)]
        return Status(tone, icon, self.get_state_display())


class PurchaseLine(models.Model):
    """A product with the doctor's intake per day in pieces, and the packs the customer buys at the price of that day."""

    purchase = models.ForeignKey(Purchase, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    intake_per_day = models.PositiveSmallIntegerField(_("每日食用量"))
    quantity = models.PositiveIntegerField(_("数量"), default=0)
    unit_price = models.DecimalField(_("单价"), max_digits=10, decimal_places=2)
    days_of_supply = models.PositiveIntegerField(_("可服天数"), default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["purchase", "product"], name="purchase_product_once"),
            models.CheckConstraint(condition=Q(intake_per_day__gt=0), name="purchase_line_intake"),
        ]

    @property
    def amount(self) -> Decimal:
        """Price times packs, in yuan."""
        return line_total(self.unit_price, self.quantity)


class Shipment(models.Model):
    """How a purchase left: the issue slip, the packing checks, and courier and waybill when posted (STK-006, STK-007)."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="shipments")
    slip = models.OneToOneField(IssueSlip, models.PROTECT, related_name="+")
    mode = models.CharField(_("交付方式"), max_length=8, choices=DeliveryMode.choices)
    carrier = models.CharField(_("快递"), max_length=60, blank=True)
    waybill = models.CharField(_("运单号"), max_length=60, blank=True)
    packing = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    returned_reason = models.CharField(max_length=200, blank=True)

    def runs_out_on(self, line: PurchaseLine) -> date:
        """The last day of a line's supply when the first dose is on the day of dispatch (Annex 4: 1 March + 45 days ends 14 April)."""
        return timezone.localdate(self.at) + timedelta(days=line.days_of_supply - 1)


class Preference(models.Model):
    """What a customer likes, of one product or altogether, as learnt on a day; ended when it no longer holds (CUS-032)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="preferences", db_index=False)
    kind = models.CharField(_("种类"), max_length=10, choices=PreferenceKind.choices)
    value = models.CharField(_("喜欢什么"), max_length=40)
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    learnt_on = models.DateField(_("哪天了解到"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "id"]
        indexes = [
            models.Index(
                fields=["product", "kind", "value"], name="preference_product", condition=Q(ended_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "value", "product"], name="preference_once",
                condition=Q(ended_at__isnull=True), nulls_distinct=False,
            )
        ]  # fmt: skip
