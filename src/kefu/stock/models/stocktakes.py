"""Counting what is there: lists without book quantities, every count kept, one posting (STK-010)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.organisation.models import User
from kefu.products.models import Category
from kefu.stock.choices import StocktakeState
from kefu.stock.models.ledger import Balance
from kefu.stock.models.places import Warehouse, Zone
from kefu.stock.permissions import StockPermission


class StocktakeQuerySet(models.QuerySet["Stocktake"]):
    """Stocktakes within a user's reach."""

    def visible_to(self, user: User) -> StocktakeQuerySet:
        """Those of the warehouses whose stocktakes the person may see."""
        return self.filter(scope(user, StockPermission.STOCKTAKE_VIEW, node="warehouse__node_id"))


class Stocktake(models.Model):
    """A count of a warehouse, or of one zone or category in it. Who posts it is neither who opened it nor who counted."""

    number = models.CharField(_("盘点单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="stocktakes", verbose_name=_("库房"))
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("库区"))
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("分类")
    )
    state = models.CharField(_("状态"), max_length=10, choices=StocktakeState.choices, default=StocktakeState.COUNTING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("开始"))
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    objects = StocktakeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=StocktakeState.COUNTING, ended_by__isnull=True, ended_at__isnull=True)
                | ~Q(state=StocktakeState.COUNTING) & Q(ended_by__isnull=False, ended_at__isnull=False),
                name="stocktake_ended_says_who",
            ),
            models.CheckConstraint(
                condition=~Q(state=StocktakeState.POSTED) | ~Q(ended_by=F("by")), name="stocktake_two_people"
            ),
        ]


class StocktakeLine(models.Model):
    """A balance to be counted. `counted` and `variance` are those of the last count; empty until somebody counted it."""

    stocktake = models.ForeignKey(Stocktake, models.PROTECT, related_name="lines", db_index=False)
    balance = models.ForeignKey(Balance, models.PROTECT, related_name="+", db_index=False)
    counted = models.PositiveIntegerField(_("实数"), null=True)
    variance = models.IntegerField(_("差异"), null=True)
    counts = models.PositiveSmallIntegerField(default=0)
    last_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    explanation = models.CharField(_("差异说明"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stocktake", "balance"], name="stocktake_line_once"),
            models.CheckConstraint(
                condition=Q(counts=0, counted__isnull=True, variance__isnull=True, last_by__isnull=True)
                | Q(counts__gt=0, counted__isnull=False, variance__isnull=False, last_by__isnull=False),
                name="stocktake_line_counted",
            ),
        ]


class StocktakeCount(models.Model):
    """One count of a line: what was there by the book at that moment, and the last move the book knew of."""

    line = models.ForeignKey(StocktakeLine, models.PROTECT, related_name="kept")
    packs = models.PositiveIntegerField(_("实数"))
    book = models.IntegerField(_("账面"))
    last_move = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
