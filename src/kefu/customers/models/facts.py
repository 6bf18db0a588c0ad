"""What colleagues must know of a customer: flags, incidents, business card, days of life, who may be told what, death (CUS-031 to CUS-034)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import FlagKind, IncidentState, LifeEventKind, Payment, Priority, Topic
from kefu.customers.models.contacts import FamilyLink
from kefu.customers.models.customer import Customer

USER = settings.AUTH_USER_MODEL


class Noted(models.Model):
    """Something entered about a customer: by whom and when."""

    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Flag(Noted):
    """A warning or special care, with why; ended with why, never deleted (CUS-033, CUS-034)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="flags")
    kind = models.CharField(_("标记"), max_length=20, choices=FlagKind.choices)
    reason = models.CharField(_("原因"), max_length=200)
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], name="flag_once", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(name="flag_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="flag_end_says_why",
                condition=Q(ended_at__isnull=True) | (Q(ended_by__isnull=False) & ~Q(ended_reason="")),
            ),
        ]


class Incident(Noted):
    """What happened with somebody who was not of full capacity, and what was done (CUS-034)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="incidents")
    state = models.CharField(_("情形"), max_length=20, choices=IncidentState.choices)
    happened = models.TextField(_("经过"))
    done = models.TextField(_("怎么处理的"))

    class Meta:
        ordering = ["-at", "-id"]


class BusinessCard(Noted):
    """A business customer's card; filed with the supervisor until it is changed again (CUS-031)."""

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="business_card")
    shop_name = models.CharField(_("店名"), max_length=100)
    contact_person = models.CharField(_("联系人"), max_length=60)
    phone = models.CharField(_("电话"), max_length=40)
    address = models.CharField(_("地址"), max_length=200)
    agreed_price = models.CharField(_("约定价格"), max_length=200)
    payment = models.CharField(_("付款方式"), max_length=10, choices=Payment.choices)
    priority = models.CharField(_("优先级别"), max_length=10, choices=Priority.choices, default=Priority.ORDINARY)
    filed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    filed_at = models.DateTimeField(null=True)


class LifeEvent(Noted):
    """A day in the customer's life; struck out when it was wrong (CUS-032)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="life_events")
    kind = models.CharField(_("日子"), max_length=12, choices=LifeEventKind.choices)
    on = models.DateField(_("日期"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["on", "id"]


class Disclosure(Noted):
    """What a guardian or proxy may be told; the latest one for a link holds."""

    link = models.ForeignKey(FamilyLink, models.PROTECT, related_name="disclosures")
    topics = ArrayField(models.CharField(max_length=10, choices=Topic.choices), default=list)
    note = models.CharField(_("凭什么"), max_length=200)

    class Meta:
        ordering = ["-at", "-id"]


class Death(Noted):
    """The customer died; taken back by a supervisor when it was a mistake."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="deaths")
    died_on = models.DateField(_("去世日期"), null=True)
    told_by = models.CharField(_("谁告知的"), max_length=100)
    closed_with_it = models.BooleanField()
    undone_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["customer"], name="death_once", condition=Q(undone_at__isnull=True)),
            models.CheckConstraint(
                name="death_undone_says_why",
                condition=Q(undone_at__isnull=True) | (Q(undone_by__isnull=False) & ~Q(undone_reason="")),
            ),
        ]
