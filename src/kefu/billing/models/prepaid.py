"""Prepaid packages: units sold for a charge, with a ledger of every unit that came or went (CUS-029)."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import EntryKind, Unit
from kefu.billing.models.charges import Charge
from kefu.billing.permissions import BillingPermission
from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.organisation.models import Node, User

USER = settings.AUTH_USER_MODEL
DURING = Func(F("starts"), F("ends_before"), function="daterange")


class PrepaidQuerySet(models.QuerySet["Prepaid"]):
    """Packages within a user's reach."""

    def visible_to(self, user: User) -> Self:
        """Packages of the customers whose packages the user may see."""
        return self.filter(customer_scope(user, BillingPermission.PREPAID_VIEW, "customer__"))


class Prepaid(models.Model):
    """Units a customer paid for beforehand, to be used until a day. The database keeps the balance: the sum of the entries, never below zero.

    What came by a transfer has no charge; `origin` is the package that was bought, to which it may be given back.
    """

    number = models.CharField(_("课包号"), max_length=40, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="prepaid")
    item = models.CharField(_("服务项目"), max_length=80)
    unit = models.CharField(_("单位"), max_length=12, choices=Unit.choices, default=Unit.LESSON)
    units = models.PositiveIntegerField(_("总数"))
    balance = models.IntegerField(_("剩余"), default=0)
    valid_until = models.DateField(_("有效到"))
    charge = models.OneToOneField(Charge, models.PROTECT, null=True, related_name="prepaid")
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=64, null=True, unique=True)
    asked = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("购买时间"))

    objects = PrepaidQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "item"], name="prepaid_of_customer")]
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="prepaid_never_negative"),
            models.CheckConstraint(condition=Q(units__gt=0), name="prepaid_units"),
            models.CheckConstraint(
                condition=Q(origin__isnull=True) | Q(charge__isnull=True), name="prepaid_received_is_not_charged"
            ),
        ]


class PrepaidEntry(models.Model):
    """Units that came (above zero) or went (below). Written once; what was wrong is put right by a counter entry."""

    prepaid = models.ForeignKey(Prepaid, models.PROTECT, related_name="entries")
    kind = models.CharField(_("种类"), max_length=12, choices=EntryKind.choices)
    units = models.IntegerField(_("数量"))
    on = models.DateField(_("日期"))
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    item = models.CharField(_("内容"), max_length=80, blank=True)
    served_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    signature = models.CharField(_("客户签字单"), max_length=60, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    counters = models.OneToOneField("self", models.PROTECT, null=True, related_name="countered_by")
    mate = models.OneToOneField("self", models.PROTECT, null=True, related_name="came_as")
    key = models.CharField(max_length=64, null=True, unique=True)
    asked = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("记账时间"))

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["node", "on"], condition=Q(kind="deducted"), name="prepaid_deducted_on"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["bought", "received", "returned"], units__gt=0)
                | Q(kind__in=["deducted", "sent", "refunded", "expired"], units__lt=0)
                | (Q(kind="countered") & ~Q(units=0)),
                name="prepaid_entry_sign",
            ),
            models.CheckConstraint(
                condition=~Q(kind="deducted") | (Q(served_by__isnull=False) & ~Q(item="")),
                name="prepaid_deduction_says_who_and_what",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["countered", "refunded", "returned", "sent"]) | ~Q(reason=""),
                name="prepaid_entry_says_why",
            ),
            models.CheckConstraint(
                condition=Q(kind="received", mate__isnull=False) | (~Q(kind="received") & Q(mate__isnull=True)),
                name="prepaid_received_from_somebody",
            ),
            models.CheckConstraint(
                condition=Q(counters__isnull=True, kind__in=[one for one in EntryKind if one != EntryKind.RETURNED])
                | Q(counters__isnull=False, kind__in=["countered", "returned"]),
                name="prepaid_counter_kind",
            ),
        ]


class PrepaidFreeze(models.Model):
    """Days `[starts, ends_before)` on which nothing is deducted, by which the package lasts longer; ended early, it lasts that much less."""

    prepaid = models.ForeignKey(Prepaid, models.PROTECT, related_name="freezes")
    starts = models.DateField(_("冻结从"))
    ends_before = models.DateField(_("冻结结束"))
    planned_before = models.DateField(_("原定结束"))
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("解冻时间"), null=True)

    class Meta:
        ordering = ["starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__gte=F("starts"), ends_before__lte=F("planned_before"))
                & Q(planned_before__gt=F("starts")),
                name="prepaid_freeze_order",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True, ends_before=F("planned_before"))
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="prepaid_freeze_ended_by_somebody",
            ),
            ExclusionConstraint(name="prepaid_frozen_once", expressions=[("prepaid", "="), (DURING, "&&")]),
        ]

    @property
    def last(self) -> object:
        """The last frozen day."""
        return self.ends_before - timedelta(days=1)


class PrepaidLow(models.Model):
    """One time at which what is left of an item came down to the limit; it ends when there is more again. Somebody says what came of it."""

    prepaid = models.ForeignKey(Prepaid, models.PROTECT, related_name="lows")
    left = models.PositiveIntegerField(_("剩余"))
    at = models.DateTimeField(_("时间"))
    ended_at = models.DateTimeField(_("补足时间"), null=True)
    handled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField(_("处理时间"), null=True)
    outcome = models.CharField(_("处理结果"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["prepaid"], condition=Q(ended_at__isnull=True), name="prepaid_low_once"),
            models.CheckConstraint(
                condition=Q(handled_by__isnull=True, handled_at__isnull=True, outcome="")
                | (Q(handled_by__isnull=False, handled_at__isnull=False) & ~Q(outcome="")),
                name="prepaid_low_handled_says_how",
            ),
        ]
