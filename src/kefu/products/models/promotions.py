"""Next month's promotions, planned by season (PRD-013): approved by a second person, they become prices."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.inputs import Status
from kefu.organisation.models import Node
from kefu.products.choices import PROMOTION_TONES, PromotionState, Season
from kefu.products.models.goods import Product
from kefu.products.rules import season_of


class Promotion(models.Model):
    """A plan of prices for the days `[starts_on, ends_before)`, everywhere or at one place and below. Who decides is not who planned."""

    title = models.CharField(_("活动名称"), max_length=60)
    starts_on = models.DateField(_("开始日期"))
    ends_before = models.DateField(_("截止日期（不含）"))
    node = models.ForeignKey(
        Node, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("适用机构")
    )
    reason = models.CharField(_("为什么办"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=PromotionState.choices, default=PromotionState.PLANNED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("审批意见"), max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-starts_on", "-id"], name="promotion_latest")]
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lt=F("ends_before")), name="promotion_days"),
            models.CheckConstraint(
                condition=Q(state=PromotionState.PLANNED, decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state=PromotionState.PLANNED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="promotion_decided_says_who",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "dropped"]) | ~Q(decided_by=F("by")), name="promotion_two_people"
            ),
        ]

    @property
    def season(self) -> Season:
        """The season in which it begins."""
        return Season(season_of(self.starts_on.month))

    @property
    def last_day(self) -> date:
        """The last day of its prices."""
        return self.ends_before - timedelta(days=1)

    @property
    def status(self) -> Status:
        """The state as it is shown: colour, icon and word."""
        tone, icon = PROMOTION_TONES[PromotionState(self.state)]
        return Status(tone, icon, self.get_state_display())


class PromotionLine(models.Model):
    """A product and what it costs during the promotion."""

    promotion = models.ForeignKey(Promotion, models.CASCADE, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("产品"))
    price = models.DecimalField(_("活动价"), max_digits=10, decimal_places=2)

    class Meta:
        ordering = ["promotion_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["promotion", "product"], name="promotion_product_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="promotion_price"),
        ]
