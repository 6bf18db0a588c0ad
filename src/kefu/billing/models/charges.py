"""Charges: an amount owed by a customer for a signed order or purchase (LAB-002, PRD-004)."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import ChargeState
from kefu.billing.permissions import BillingPermission
from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.foundation.sentences.saying import Said
from kefu.organisation.models import User


class ChargeQuerySet(models.QuerySet["Charge"]):
    """Charges within a user's reach."""

    def visible_to(self, user: User) -> Self:
        """Charges of the customers whose charges the user may see."""
        return self.filter(customer_scope(user, BillingPermission.CHARGE_VIEW, "customer__"))

    def bought(self) -> Self:
        """What customers bought and kept, wholly or in part: charges that count, neither reversals nor reversed to nothing."""
        gone = Charge.objects.filter(reverses=OuterRef("pk"), state="due").order_by().values("reverses")
        money = DecimalField(max_digits=12, decimal_places=2)
        taken = Coalesce(
            Subquery(gone.annotate(gone=Sum("amount")).values("gone")), Value(Decimal(0)), output_field=money
        )
        due = self.filter(state="due", reverses__isnull=True).annotate(taken_back=taken)
        return due.filter(Q(amount=0) | Q(amount__gt=-F("taken_back")))


class Charge(models.Model):
    """What a signature made due; amounts never change. A reversal is a charge below zero that takes a part of another one back."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="charges")
    number = models.CharField(_("收费单号"), max_length=20, unique=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    said = models.CharField(_("项目"), max_length=200)
    values = models.JSONField(default=dict)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    state = models.CharField(_("状态"), max_length=12, choices=ChargeState.choices, default=ChargeState.DUE)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("记账时间"))
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(_("冲销时间"), null=True)
    reason = models.CharField(_("冲销原因"), max_length=200, blank=True)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals")

    objects = ChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, reverses__isnull=True) | Q(amount__lt=0, reverses__isnull=False),
                name="charge_amount",
            ),
            models.CheckConstraint(
                condition=Q(state="due", cancelled_at__isnull=True, cancelled_by__isnull=True)
                | (Q(state="cancelled", cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(reason="")),
                name="charge_cancelled_says_why",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"], condition=Q(state="due"), name="charge_due_once_per_subject"
            ),
        ]
        indexes = [models.Index(fields=["customer", "-recorded_at", "-id"], name="charge_of_customer")]

    @property
    def about(self) -> Said:
        """What the charge is for, to be said within another sentence."""
        return Said(self.said, self.values)

    @property
    def item(self) -> str:
        """What the charge is for, in the reader's language."""
        return str(self.about)
