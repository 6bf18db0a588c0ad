"""Prices that hold for a time, or at some places only (PRD-014)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import Node
from kefu.products.choices import PriceKind
from kefu.products.models.goods import Product
from kefu.products.models.promotions import Promotion

EVERYWHERE = 0
"""Stands for "no node" in the constraint, since NULLs never clash."""


class PricePeriod(models.Model):
    """What a product costs on the days `[from, to)`, everywhere or at one place and below; `to` may be open.

    Two of the same kind for the same place never share a day. A row is never rewritten: it is ended, or called off before it begins
    (`called_off_at`), with the reason.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="price_periods", verbose_name=_("产品"))
    node = models.ForeignKey(
        Node, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("适用机构")
    )
    kind = models.CharField(_("种类"), max_length=10, choices=PriceKind.choices)
    days = DateRangeField(_("适用日期"))
    price = models.DecimalField(_("价格"), max_digits=10, decimal_places=2)
    reason = models.CharField(_("原因"), max_length=200)
    promotion = models.ForeignKey(
        Promotion, models.PROTECT, null=True, related_name="prices", verbose_name=_("促销活动")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(_("提前结束的原因"), max_length=200, blank=True)
    called_off = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            ExclusionConstraint(
                name="price_period_apart",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    (Coalesce("node", Value(EVERYWHERE, output_field=models.BigIntegerField())), RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
                condition=Q(called_off=False),
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="price_period_price"),
            models.CheckConstraint(condition=Q(days__isempty=False), name="price_period_days"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, called_off=False)
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
                name="price_period_ended_says_who",
            ),
        ]

    @property
    def told_days(self) -> str:
        """Its days as they are shown, the last one included; open where it has no end."""
        last = f"{self.days.upper - timedelta(days=1):%Y-%m-%d}" if self.days.upper else ""
        return f"{self.days.lower:%Y-%m-%d} – {last}".rstrip()
