"""Papers that say who a customer is: kept concealed, found by a keyed hash and by the end of the number (SEC-001)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import IdentityPaper
from kefu.customers.models.customer import Customer
from kefu.customers.rules import STARS

USER = settings.AUTH_USER_MODEL


class IdentityDocument(models.Model):
    """One paper. The number lies under the key of `key_id`, the customer for whom it was entered, also after a merge."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="papers")
    kind = models.CharField(_("证件种类"), max_length=20, choices=IdentityPaper.choices)
    concealed = models.BinaryField()
    key_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    tail = models.CharField(max_length=4)
    active = models.BooleanField(default=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(active=True), name="identity_document_one_owner")
        ]

    @property
    def masked(self) -> str:
        """What may be shown without a reveal."""
        return f"{STARS}{self.tail}"
