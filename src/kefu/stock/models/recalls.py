"""Lots that are called back, and which customers were told (Annex 5.6)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.foundation.access.checks import allowed
from kefu.organisation.models import User
from kefu.stock.models.ledger import Balance
from kefu.stock.models.places import Lot, Warehouse
from kefu.stock.models.slips import IssueLine
from kefu.stock.permissions import StockPermission


class RecallQuerySet(models.QuerySet["Recall"]):
    """Recalls within a user's reach."""

    def visible_to(self, user: User) -> RecallQuerySet:
        """Those of lots that lay in a warehouse the person sees or that an own customer got; all of them to who may recall."""
        if allowed(user, StockPermission.LOT_RECALL):
            return self
        lay = Balance.objects.filter(lot=OuterRef("lot"), warehouse__in=Warehouse.objects.visible_to(user))
        own = IssueLine.objects.filter(lot=OuterRef("lot"), slip__customer__in=Customer.objects.visible_to(user))
        return self.filter(Exists(lay) | Exists(own))


class Recall(models.Model):
    """A lot called back by the maker or by the house; `lifted_at` says when it was found to be good after all."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="recalls", db_index=False)
    reason = models.CharField(_("召回原因"), max_length=200)
    reference = models.CharField(_("依据"), max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("召回时间"))
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(_("解除时间"), null=True)
    lift_reason = models.CharField(_("解除原因"), max_length=200, blank=True)

    objects = RecallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot"], condition=Q(lifted_at__isnull=True), name="recall_open_once"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="recall_lifted_says_why",
            ),
        ]
        indexes = [models.Index(fields=["lot", "-id"], name="recall_of_lot")]


class RecallTold(models.Model):
    """A customer who has goods of a recalled lot was told so, and what was agreed."""

    recall = models.ForeignKey(Recall, models.PROTECT, related_name="told")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    note = models.CharField(_("结果"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
