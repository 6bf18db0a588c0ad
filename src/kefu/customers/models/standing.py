"""Where a customer stands: grade and classes, how they came about, the lead ladder, and deals until they count (CUS-012 to CUS-016, CUS-030, CUS-035)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import DealState, Demand, Grade, Importance, Rung
from kefu.customers.models.customer import Customer, Source

USER = settings.AUTH_USER_MODEL


class Classes(models.Model):
    """The three parallel classes and the day a deal is expected on, as they stand or stood (CUS-012, CUS-013)."""

    grade = models.CharField(_("等级"), max_length=1, choices=Grade.choices)
    demand = models.CharField(_("需求"), max_length=10, choices=Demand.choices)
    deal_state = models.CharField(_("成交状态"), max_length=20, choices=DealState.choices)
    importance = models.CharField(_("重要程度"), max_length=10, choices=Importance.choices)
    closable_amount = models.DecimalField(_("可成交金额"), max_digits=12, decimal_places=2, null=True)
    expected_on = models.DateField(_("预计成交日"), null=True)
    due_on = models.DateField(_("下次追踪"))

    class Meta:
        abstract = True


class Standing(Classes):
    """What holds now; written only together with the assessment it comes from."""

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="standing")
    tracked_on = models.DateField(_("上次追踪"))

    class Meta:
        indexes = [models.Index(fields=["due_on", "id"], name="standing_due")]
        constraints = [
            models.CheckConstraint(name="standing_due_after", condition=Q(due_on__gt=models.F("tracked_on"))),
        ]


class Assessment(Classes):
    """One tracking entry, or a change of classes between two entries; never changed afterwards (CUS-016)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="assessments", db_index=False)
    tracked = models.BooleanField()
    note = models.TextField(blank=True)
    grade_before = models.CharField(max_length=1, choices=Grade.choices, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["customer", "-at", "-id"], name="assessment_latest")]
        constraints = [
            models.CheckConstraint(name="assessment_entry_has_note", condition=Q(tracked=False) | ~Q(note="")),
            models.CheckConstraint(
                name="assessment_change_says_why",
                condition=Q(grade_before="") | Q(grade=models.F("grade_before")) | ~Q(reason=""),
            ),
        ]


class RungChange(models.Model):
    """A lead was looked through and put on a step of the ladder, or left there (CUS-035)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="rung_changes")
    before = models.PositiveSmallIntegerField(choices=Rung.choices)
    after = models.PositiveSmallIntegerField(choices=Rung.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]


class Deal(models.Model):
    """A signed contract; it counts when a colleague has audited the contract and verified the channel (CUS-030)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="deals")
    contract_number = models.CharField(_("合同号"), max_length=40)
    amount = models.DecimalField(_("合同金额"), max_digits=12, decimal_places=2)
    signed_on = models.DateField(_("签订日"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("获客渠道"), db_index=False)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["contract_number"], name="deal_contract_once"),
            models.CheckConstraint(name="deal_amount_positive", condition=Q(amount__gt=0)),
        ]


class DealCheck(models.Model):
    """What somebody else found of a deal's contract and channel; the latest one holds (CUS-030)."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="checks")
    contract_sound = models.BooleanField(_("合同审核通过"))
    channel_true = models.BooleanField(_("获客渠道属实"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="deal_refusal_says_why",
                condition=Q(contract_sound=True, channel_true=True) | ~Q(note=""),
            ),
        ]

    @property
    def passed(self) -> bool:
        """Contract sound and channel true: the deal counts."""
        return self.contract_sound and self.channel_true
