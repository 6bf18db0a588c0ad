"""Who stands at the door of the customers' pages, and who is inside."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Visit(models.Model):
    """Somebody gave a telephone number; once the code sent to it was right, he or she is inside until it ends.

    The browser holds a token, here is only its digest, and of the code a keyed hash. Rows serve to count codes and guesses, and are
    deleted after some days.
    """

    digest = models.CharField(max_length=64, unique=True)
    phone = models.CharField(max_length=40)
    address = models.GenericIPAddressField(null=True)
    began_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    proven_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone", "-began_at"], name="visit_of_phone"),
            models.Index(fields=["address", "-began_at"], name="visit_of_address"),
        ]
        constraints = [
            models.CheckConstraint(
                name="visit_inside_has_no_code", condition=Q(proven_at__isnull=True) | Q(code_hash="")
            )
        ]
