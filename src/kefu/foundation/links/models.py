"""Links given to somebody who is not logged in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Link(models.Model):
    """One link for one purpose and subject: good once, until it expires or is called back. Its words are kept as a digest."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "purpose", "-made_at"], name="link_of_subject")]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="link_lasts"),
            models.CheckConstraint(condition=Q(used_at__isnull=True) | Q(ended_at__isnull=True), name="link_one_end"),
        ]
