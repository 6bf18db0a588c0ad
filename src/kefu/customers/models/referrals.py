"""Who brought whom, the moments at which one asks, and what the referrer gets for it (CUS-026, CUS-027)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Moment, PromptState, ReferralStatus
from kefu.customers.models.customer import Customer
from kefu.organisation.models import Node

USER = settings.AUTH_USER_MODEL


class Referral(models.Model):
    """A customer brought somebody: one occasion. `came_to` says again what the latest step says."""

    referrer = models.ForeignKey(Customer, models.PROTECT, related_name="referrals")
    referred = models.ForeignKey(Customer, models.PROTECT, related_name="referred_by")
    on = models.DateField(_("日期"))
    came_to = models.CharField(_("进展"), max_length=10, choices=ReferralStatus.choices, default=ReferralStatus.NAMED)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["-on", "-id"], name="referral_newest")]
        constraints = [
            models.UniqueConstraint(fields=["referrer", "referred", "on"], name="referral_once_a_day"),
            models.CheckConstraint(name="referral_other_person", condition=~Q(referrer=F("referred"))),
        ]


class ReferralStep(models.Model):
    """How far the referred person had come at a moment, and what came of it."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="steps")
    status = models.CharField(max_length=10, choices=ReferralStatus.choices)
    result = models.CharField(_("结果"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]


class ReferralPrompt(models.Model):
    """A good moment to ask the customer to bring somebody; one open at a time (CUS-027)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="referral_prompts")
    moment = models.CharField(_("时机"), max_length=12, choices=Moment.choices)
    state = models.CharField(max_length=10, choices=PromptState.choices, default=PromptState.OPEN)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], name="referral_prompt_one_open", condition=Q(state=PromptState.OPEN)
            ),
        ]


class RewardPlan(models.Model):
    """What a referrer gets, from a day on; nothing in it asks what the referrer spends (CUS-027)."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=60)
    benefit = models.CharField(_("给介绍人的好处"), max_length=200)
    earned_at = models.CharField(_("走到哪一步给"), max_length=10, choices=ReferralStatus.choices)
    valid_from = models.DateField(_("自"))
    valid_to = models.DateField(_("至"), null=True, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                name="reward_plan_order", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]

    def holds_on(self, day: date) -> bool:
        """Whether who brought somebody on that day gets it."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Reward(models.Model):
    """A benefit given to a referrer for one referral, as the plan said it then."""

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="reward")
    plan = models.ForeignKey(RewardPlan, models.PROTECT, related_name="rewards")
    benefit = models.CharField(max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
