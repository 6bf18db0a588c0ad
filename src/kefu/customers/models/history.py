"""What happened to and with a customer: owners before and after, and the service timeline (ORG-010, CUS-007)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import FactKind
from kefu.customers.models.customer import Customer
from kefu.foundation.sentences.saying import speak, speak_kept
from kefu.organisation.models import Node

USER = settings.AUTH_USER_MODEL


class OwnershipChange(models.Model):
    """Who was responsible before and after, since when and why (ORG-010)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="ownership_changes")
    node_before = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+", db_index=False)
    node_after = models.ForeignKey(Node, models.PROTECT, related_name="+", db_index=False)
    doctor_before = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    doctor_after = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    manager_before = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    manager_after = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]


class TimelineLine(models.Model):
    """One business fact about a customer, with item and amount; written once, never changed (CUS-007)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="timeline", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=FactKind.choices)
    said = models.CharField(max_length=300)
    values = models.JSONField(default=dict)
    details = models.JSONField(default=list)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["customer", "-at", "-id"], name="timeline_of_customer"),
            models.Index(fields=["customer", "kind", "-at", "-id"], name="timeline_by_kind"),
        ]

    @property
    def item(self) -> str:
        """What happened, in the reader's language."""
        return speak(self.said, self.values)

    @property
    def lines(self) -> list[str]:
        """Details, one text each, in the reader's language."""
        return [speak_kept(line) for line in self.details]
