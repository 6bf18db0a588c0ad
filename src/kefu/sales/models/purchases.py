"""Purchases of a customer: what the doctor prescribed, what was bought, how it left (PRD-002 to PRD-004, JRN-014, JRN-015)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.ui.inputs import Status
from kefu.kernel.money import line_total
from kefu.organisation.models import Node, User
from kefu.products.models import Product
from kefu.sales.choices import TONES, PurchaseState
from kefu.sales.permissions import SalesPermission


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
                condition=~Q(state__in=["signed", "partly", "dispatched", "returned"]) | Q(signed_at__isnull=False),
            )
        ]

    @property
    def status(self) -> Status:
        """The state as it is shown: colour, icon and word."""
        tone, icon = TONES[PurchaseState(self.state)]
        return Status(tone, icon, self.get_state_display())


class PurchaseLine(models.Model):
    """A product with the doctor's intake per day in pieces, and the packs the customer buys at the price of that day.

    Of the packs signed for some have left (`shipped`), some were given up before (`withdrawn`); of those that left some came back for good
    (`returned`). Each lies within the other: the database refuses a pack that leaves or comes back twice.
    """

    purchase = models.ForeignKey(Purchase, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    intake_per_day = models.PositiveSmallIntegerField(_("每日食用量"))
    quantity = models.PositiveIntegerField(_("数量"), default=0)
    unit_price = models.DecimalField(_("单价"), max_digits=10, decimal_places=2)
    days_of_supply = models.PositiveIntegerField(_("可服天数"), default=0)
    shipped = models.PositiveIntegerField(_("已发"), default=0)
    withdrawn = models.PositiveIntegerField(_("未发已退"), default=0)
    returned = models.PositiveIntegerField(_("已发已退"), default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["purchase", "product"], name="purchase_product_once"),
            models.CheckConstraint(condition=Q(intake_per_day__gt=0), name="purchase_line_intake"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped") + F("withdrawn")), name="purchase_line_shipped"
            ),
            models.CheckConstraint(condition=Q(returned__lte=F("shipped")), name="purchase_line_returned"),
        ]

    @property
    def amount(self) -> Decimal:
        """Price times the packs that were signed for, in yuan."""
        return line_total(self.unit_price, self.quantity)

    @property
    def open(self) -> int:
        """Packs that were signed for and have neither left nor been given up."""
        return self.quantity - self.shipped - self.withdrawn

    @property
    def kept(self) -> int:
        """Packs that are still the customer's, whether they have left or not."""
        return self.quantity - self.withdrawn - self.returned

    @property
    def with_customer(self) -> int:
        """Packs that left and did not come back."""
        return self.shipped - self.returned
