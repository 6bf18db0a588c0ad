"""Desks, and the money taken at them: a payment with its receipt number, spread over charges. Written once (gap 23)."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import Method, PaymentState
from kefu.billing.models.charges import Charge
from kefu.billing.permissions import BillingPermission
from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.queries import access_of
from kefu.organisation.choices import Level
from kefu.organisation.models import Node, User


class DeskQuerySet(models.QuerySet["Desk"]):
    """Desks within a user's reach."""

    def visible_to(self, user: User) -> Self:
        """Desks of the places where the user may look at payments, of everybody or of own customers."""
        return self._within(user, BillingPermission.PAYMENT_VIEW, Level.VIEW)

    def usable_by(self, user: User) -> Self:
        """Desks of the places where the user may take money."""
        return self._within(user, BillingPermission.PAYMENT_TAKE, Level.ACT)

    def _within(self, user: User, permission: BillingPermission, level: Level) -> Self:
        reach = access_of(user).reach(permission)
        nodes = reach.nodes(level)
        return self if nodes is None else self.filter(node_id__in=nodes | reach.own)


class Desk(models.Model):
    """A till of a centre, with a drawer of its own to be counted."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="desks")
    position = models.PositiveSmallIntegerField(_("台号"))

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["node_id", "position"]
        constraints = [models.UniqueConstraint(fields=["node", "position"], name="desk_once")]

    @property
    def label(self) -> str:
        """朝阳中心 收银台 1."""
        return gettext("%(node)s 收银台 %(position)s") % {"node": self.node.label, "position": self.position}


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Payments within a user's reach."""

    def visible_to(self, user: User) -> Self:
        """Payments of the customers whose payments the user may see."""
        return self.filter(customer_scope(user, BillingPermission.PAYMENT_VIEW, "customer__"))

    def counting(self) -> Self:
        """Payments that were not voided."""
        return self.filter(state=PaymentState.TAKEN)


class Payment(models.Model):
    """Money taken from a customer at a desk on a business day. Only voiding and a merge of customers ever touch it again; the database sees to that."""

    number = models.CharField(_("收据号"), max_length=40, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="payments")
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="payments")
    day = models.DateField(_("营业日"))
    method = models.CharField(_("收款方式"), max_length=12, choices=Method.choices)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    given = models.DecimalField(_("实收现金"), max_digits=12, decimal_places=2, null=True)
    reference = models.CharField(_("凭证号"), max_length=64, blank=True)
    key = models.CharField(max_length=64, null=True, unique=True)
    asked = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("收款时间"))
    state = models.CharField(_("状态"), max_length=12, choices=PaymentState.choices, default=PaymentState.TAKEN)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(_("作废时间"), null=True)
    reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-id"], name="payment_of_customer"),
            models.Index(fields=["desk", "day", "-id"], name="payment_of_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount"),
            models.CheckConstraint(
                condition=Q(given__isnull=True) | Q(method="cash", given__gte=F("amount")), name="payment_given"
            ),
            models.CheckConstraint(condition=Q(method="cash") | ~Q(reference=""), name="payment_has_reference"),
            models.CheckConstraint(
                condition=Q(state="taken", voided_at__isnull=True, voided_by__isnull=True)
                | (Q(state="voided", voided_at__isnull=False, voided_by__isnull=False) & ~Q(reason="")),
                name="payment_voided_says_why",
            ),
            models.UniqueConstraint(
                fields=["method", "reference"],
                condition=Q(state="taken") & ~Q(reference=""),
                name="payment_reference_once",
            ),
        ]

    @property
    def change(self) -> Decimal | None:
        """What went back over the counter."""
        return None if self.given is None else self.given - self.amount


class PaymentLine(models.Model):
    """The part of a payment that settles a charge."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="lines")
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="payment_lines")
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_line_amount"),
            models.UniqueConstraint(fields=["payment", "charge"], name="payment_line_once"),
        ]
