"""What customers agree to: the words in versions, and the ledger of who agreed or withdrew, when and how (SEC-001)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import ConsentMethod, ConsentScope, ConsentState
from kefu.customers.models.contacts import FamilyLink
from kefu.customers.models.customer import Customer

USER = settings.AUTH_USER_MODEL


class ConsentText(models.Model):
    """One version of what is asked of a customer; the latest counts, earlier ones stay with those who agreed to them."""

    scope = models.CharField(_("事项"), max_length=20, choices=ConsentScope.choices)
    version = models.PositiveSmallIntegerField(_("版本"))
    current = models.BooleanField(default=True)
    zh = models.TextField(_("中文"))
    en = models.TextField(_("英文"))
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "version"], name="consent_text_version_once"),
            models.UniqueConstraint(fields=["scope"], condition=Q(current=True), name="consent_text_one_current"),
            models.CheckConstraint(name="consent_text_both_languages", condition=~Q(zh="") & ~Q(en="")),
        ]

    def __str__(self) -> str:
        return f"{self.scope} v{self.version}"

    @property
    def words(self) -> str:
        """The text in the reader's language."""
        return self.en if (get_language() or "").startswith("en") else self.zh


class ConsentEntry(models.Model):
    """The customer, or the guardian of a minor, agreed to a text or withdrew. Written once; the latest of a scope counts.

    A merge outranks what one archive agreed to where the other had withdrawn; undoing it takes that back.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents", db_index=False)
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="entries", db_index=False)
    scope = models.CharField(max_length=20, choices=ConsentScope.choices)
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    method = models.CharField(_("办法"), max_length=10, choices=ConsentMethod.choices)
    guardian = models.ForeignKey(FamilyLink, models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    outranked = models.BooleanField(default=False)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["customer", "scope", "-at", "-id"], name="consent_latest")]
