"""Refunds: money of a payment that goes back, asked for with a reason, agreed by another person, paid out at a desk (gap 23)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import Method, RefundState
from kefu.billing.models.charges import Charge
from kefu.billing.models.payments import Desk, Payment
from kefu.billing.models.prepaid import PrepaidEntry
from kefu.billing.permissions import BillingPermission
from kefu.customers.scopes import customer_scope
from kefu.foundation.approvals.choices import RequestState
from kefu.foundation.approvals.models import ApprovalRequest
from kefu.organisation.models import User


class RefundQuerySet(models.QuerySet["Refund"]):
    """Refunds within a user's reach."""

    def visible_to(self, user: User) -> Self:
        """Refunds of the customers whose payments the user may see."""
        return self.filter(customer_scope(user, BillingPermission.PAYMENT_VIEW, "payment__customer__"))

    def waiting(self) -> Self:
        """Those that were neither refused, dropped nor paid out: they wait for a decision or for the desk."""
        return self.standing().filter(paid_at__isnull=True)

    def to_pay(self) -> Self:
        """Those that are agreed and wait to be fetched."""
        return self.filter(paid_at__isnull=True, dropped_at__isnull=True, request__state=RequestState.APPROVED)

    def paid_out(self) -> Self:
        """Those whose money went back."""
        return self.filter(paid_at__isnull=False)

    def standing(self) -> Self:
        """Those that went back or may still go back: their money is not there to be asked for again."""
        return self.filter(dropped_at__isnull=True, request__state__in=[RequestState.OPEN, RequestState.APPROVED])


class Refund(models.Model):
    """What is to go back of a payment. Asked once and paid out once: the database refuses any other change, and more than was paid."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    request = models.OneToOneField(ApprovalRequest, models.PROTECT, related_name="+")
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("退款原因"), max_length=200, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"))
    entry = models.ForeignKey(PrepaidEntry, models.PROTECT, null=True, related_name="refunds")
    number = models.CharField(_("退款单号"), max_length=40, unique=True, null=True)
    desk = models.ForeignKey(Desk, models.PROTECT, null=True, related_name="refunds")
    day = models.DateField(_("营业日"), null=True)
    method = models.CharField(_("退款方式"), max_length=12, choices=Method.choices, blank=True)
    reference = models.CharField(_("凭证号"), max_length=64, blank=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    paid_at = models.DateTimeField(_("付款时间"), null=True)
    dropped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(_("放弃时间"), null=True)
    dropped_why = models.CharField(_("放弃原因"), max_length=200, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["desk", "day", "-id"], name="refund_of_day")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount"),
            models.CheckConstraint(
                condition=Q(number=None, desk=None, day=None, method="", reference="", paid_by=None, paid_at=None)
                | (
                    Q(number__isnull=False, desk__isnull=False, day__isnull=False)
                    & Q(paid_by__isnull=False, paid_at__isnull=False)
                    & (Q(method="cash") | (~Q(method="") & ~Q(reference="")))
                ),
                name="refund_paid_out_whole",
            ),
            models.CheckConstraint(
                condition=Q(dropped_by__isnull=True, dropped_at__isnull=True, dropped_why="")
                | (Q(dropped_by__isnull=False, dropped_at__isnull=False, paid_at__isnull=True) & ~Q(dropped_why="")),
                name="refund_dropped_says_why",
            ),
            models.UniqueConstraint(
                fields=["method", "reference"], condition=~Q(reference=""), name="refund_reference_once"
            ),
        ]

    @property
    def state(self) -> RefundState:
        """Where it stands, from what the levels above said and whether the money went back."""
        if self.dropped_at:
            return RefundState.DROPPED
        return RefundState.PAID if self.paid_at else RefundState(self.request.state)

    @property
    def stands(self) -> bool:
        """Whether its money went back or may still go back."""
        return self.dropped_at is None and self.request.state in (RequestState.OPEN, RequestState.APPROVED)

    @property
    def methods(self) -> list[Method]:
        """How it may go back: in cash, or the way it came."""
        return list(dict.fromkeys([Method(self.payment.method), Method.CASH]))


class RefundLine(models.Model):
    """The part of a refund that had settled a charge."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="refund_lines")
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_line_amount"),
            models.UniqueConstraint(fields=["refund", "charge"], name="refund_line_once"),
        ]
