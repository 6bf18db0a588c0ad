"""What changes after the signature: reversal slips, settlement slips, and what is still owed in goods (PRD-005)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.billing.models import Charge
from kefu.customers.scopes import customer_scope
from kefu.kernel.money import line_total
from kefu.organisation.models import User
from kefu.sales.models.purchases import Purchase, PurchaseLine
from kefu.sales.permissions import SalesPermission

USER = settings.AUTH_USER_MODEL


class ReversalQuerySet(models.QuerySet["Reversal"]):
    """Reversal slips within a user's scope."""

    def visible_to(self, user: User) -> ReversalQuerySet:
        """Those of the purchases the user may see."""
        return self.filter(customer_scope(user, SalesPermission.VIEW, "purchase__customer__"))


class Reversal(models.Model):
    """A reversal slip [冲红单]: packs of a signed purchase that are not bought after all, at the price that was signed.

    `charge` is the one it takes back from; `instead` is what the customer buys in place of it, with a signature of its own.
    """

    number = models.CharField(_("冲红单号"), max_length=20, unique=True)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="reversals")
    amount = models.DecimalField(_("冲红金额"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("原因"), max_length=200)
    charge = models.ForeignKey(Charge, models.PROTECT, null=True, related_name="+", db_index=False)
    instead = models.OneToOneField(Purchase, models.PROTECT, null=True, related_name="replaces")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ReversalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-id"], name="reversal_latest")]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="reversal_amount")]


class ReversalLine(models.Model):
    """Packs of one line: given up before they left, come back intact, come back opened or damaged."""

    reversal = models.ForeignKey(Reversal, models.PROTECT, related_name="lines")
    line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="reversed")
    withdrawn = models.PositiveIntegerField(_("未发"), default=0)
    intact = models.PositiveIntegerField(_("完好退回"), default=0)
    damaged = models.PositiveIntegerField(_("破损或已开封"), default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["reversal", "line"], name="reversal_line_once"),
            models.CheckConstraint(
                condition=Q(withdrawn__gt=0) | Q(intact__gt=0) | Q(damaged__gt=0), name="reversal_line_packs"
            ),
        ]

    @property
    def packs(self) -> int:
        """All packs of the line that fell away."""
        return self.withdrawn + self.intact + self.damaged

    @property
    def amount(self) -> Decimal:
        """What they came to, in yuan, above zero."""
        return line_total(self.line.unit_price, self.packs)


class Settlement(models.Model):
    """A cash settlement slip [现金结算单] of a purchase: how it stood in money when it was issued. What was short stands in its shortages."""

    number = models.CharField(_("结算单号"), max_length=20, unique=True)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="settlements")
    total = models.DecimalField(_("签字金额"), max_digits=12, decimal_places=2)
    reversed = models.DecimalField(_("已冲红"), max_digits=12, decimal_places=2)
    paid = models.DecimalField(_("已付"), max_digits=12, decimal_places=2)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reversed__gte=0, paid__gte=0), name="settlement_amounts"),
        ]

    @property
    def due(self) -> Decimal:
        """What was left to pay, in yuan; below zero what was to go back."""
        return self.total - self.reversed - self.paid


class ShortageQuerySet(models.QuerySet["Shortage"]):
    """Shortages within a user's reach."""

    def visible_to(self, user: User) -> ShortageQuerySet:
        """Those of the purchases the user may see."""
        return self.filter(customer_scope(user, SalesPermission.VIEW, "line__purchase__customer__"))


class Shortage(models.Model):
    """Packs that were short when a settlement slip was issued, tied to the line of the order.

    It is open for as long as packs of the line have neither left nor been given up; nothing is ticked off by hand.
    """

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="shortages")
    line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="shortages")
    packs = models.PositiveIntegerField(_("欠发数量"))

    objects = ShortageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement", "line"], name="shortage_once"),
            models.CheckConstraint(condition=Q(packs__gt=0), name="shortage_packs"),
        ]

    @property
    def left(self) -> int:
        """Packs of it that are still owed."""
        return min(self.packs, self.line.open)
