"""What was printed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from kefu.foundation.files.models import StoredFile


class Print(models.Model):
    """One printout: which document of which subject, in which version, the how manyeth copy, and the very PDF."""

    document = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True, blank=True)
    content_hash = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    copy_number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "subject_kind", "subject_id", "version", "copy_number"], name="print_copy_once"
            ),
            models.CheckConstraint(condition=Q(version__gte=1, copy_number__gte=1), name="print_counts_from_one"),
        ]
        indexes = [models.Index(fields=["customer_id"], name="print_customer", condition=Q(customer_id__isnull=False))]

    def __str__(self) -> str:
        return f"{self.document} {self.subject_id} v{self.version}.{self.copy_number}"

    @property
    def copy_label(self) -> str:
        """Empty on the first printout of a version, 副本 1 on the first reprint."""
        return copy_label(self.copy_number)


def copy_label(copy_number: int) -> str:
    """What the n-th printout of a version is marked with."""
    return _("副本 %(number)s") % {"number": copy_number - 1} if copy_number > 1 else ""
