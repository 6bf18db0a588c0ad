"""The book: balances that cannot fall below zero, and the append-only moves they are the sum of."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.products.models import Product
from kefu.stock.choices import MoveKind, Quality
from kefu.stock.models.places import Lot, Warehouse, Zone


class Balance(models.Model):
    """Packs of one lot in one zone in one state. `warehouse` and `product` repeat what zone and lot say, for the index."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="balances", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="balances")
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="balances", db_index=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="balances")
    quality = models.CharField(_("质量"), max_length=8, choices=Quality.choices, default=Quality.GOOD)
    quantity = models.IntegerField(_("数量"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="balance_not_negative"),
            models.UniqueConstraint(fields=["zone", "lot", "quality"], name="balance_once"),
        ]
        indexes = [
            models.Index(fields=["warehouse", "product"], name="balance_on_hand", condition=Q(quantity__gt=0)),
        ]


class Move(models.Model):
    """A change of one balance. A trigger refuses to change or delete it; mistakes are mended by a counter move."""

    balance = models.ForeignKey(Balance, models.PROTECT, related_name="moves", db_index=False)
    kind = models.CharField(_("类别"), max_length=12, choices=MoveKind.choices)
    quantity = models.IntegerField(_("数量"))
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="move_moves")]
        indexes = [models.Index(fields=["balance", "-id"], name="move_latest")]


class LotCheck(models.Model):
    """Somebody looked at a slow lot on the shelf (STK-014)."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="checks", db_index=False)
    note = models.CharField(_("情况"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        indexes = [models.Index(fields=["lot", "warehouse", "-at"], name="lot_check_latest")]
