"""Everything held about one customer, packed for him or her; it can be fetched for some days and is then destroyed (SEC-001)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models.customer import Customer
from kefu.foundation.files.models import StoredFile

USER = settings.AUTH_USER_MODEL


class SubjectExport(models.Model):
    """Asked for, then made in the background, then to be fetched until it expires; after that only the fact stays."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="subject_exports")
    reason = models.CharField(_("用途"), max_length=500)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="subject_export_ready_expires", condition=Q(ready_at__isnull=True) | Q(expires_at__isnull=False)
            ),
            models.CheckConstraint(
                name="subject_export_file_is_ready", condition=Q(file__isnull=True) | Q(ready_at__isnull=False)
            ),
        ]
