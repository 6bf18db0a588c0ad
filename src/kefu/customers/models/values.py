"""What customers are worth: tiers of a run, its figures per place, where each customer stands (CUS-018, CUS-040)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Tier
from kefu.customers.models.customer import Customer
from kefu.organisation.models import Node


class ValueRun(models.Model):
    """All customers valued at one moment, by the standard that held then; never changed afterwards."""

    standard = models.JSONField()
    customers = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]


class TierFigure(models.Model):
    """What a tier came to at one place in a run: customers, turnover of twelve months, turnover still to be tapped."""

    run = models.ForeignKey(ValueRun, models.PROTECT, related_name="figures", db_index=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    tier = models.CharField(max_length=10, choices=Tier.choices)
    customers = models.PositiveIntegerField()
    turnover = models.DecimalField(max_digits=14, decimal_places=2)
    untapped = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "node", "tier"], name="tier_figure_once")]


class CustomerValue(models.Model):
    """Where a customer stands since the latest run, and what was measured; written by runs only."""

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="worth")
    run = models.ForeignKey(ValueRun, models.PROTECT, related_name="+")
    tier = models.CharField(_("价值分层"), max_length=10, choices=Tier.choices)
    score = models.DecimalField(_("价值得分"), max_digits=5, decimal_places=2)
    turnover = models.DecimalField(_("近 12 个月营业额"), max_digits=14, decimal_places=2)
    untapped = models.DecimalField(_("可以挖掘的营业额"), max_digits=14, decimal_places=2)
    measured = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["tier", "customer"], name="customer_value_tier")]
        constraints = [models.CheckConstraint(name="customer_value_points", condition=Q(score__gte=0, score__lte=100))]


class TierChange(models.Model):
    """A customer came into another tier; `before` is empty for the first, `after` for who is valued no longer."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tier_changes")
    run = models.ForeignKey(ValueRun, models.PROTECT, related_name="+", db_index=False)
    before = models.CharField(_("原来的分层"), max_length=10, choices=Tier.choices, blank=True)
    after = models.CharField(_("新的分层"), max_length=10, choices=Tier.choices, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="tier_change_changes", condition=~Q(before=F("after")))]
