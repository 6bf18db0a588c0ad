"""The append-only trail and the per-customer keys whose destruction erases personal values in it, and the seals over its rows."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from kefu.foundation.audit.choices import Kind


class AuditEntry(models.Model):
    """One row: who, in which role, when, where, what, about whom, before and after, why. A trigger refuses changes."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    role = models.CharField(max_length=200, blank=True)
    node_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CHANGE)
    code = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    personal = models.BinaryField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    via = models.CharField(max_length=20, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer_id", "-at"], name="audit_customer"),
            models.Index(fields=["by", "-at"], name="audit_by"),
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="audit_subject"),
            models.Index(fields=["-at", "-id"], name="audit_latest"),
        ]


class CustomerKey(models.Model):
    """The key that conceals one customer's personal values in the trail, itself wrapped by the installation's secret."""

    customer_id = models.BigIntegerField(primary_key=True)
    wrapped = models.BinaryField()


class Seal(models.Model):
    """Closes a batch of rows: their digests, chained to the seal before. Covers ids above that seal's up to `last_id`."""

    number = models.BigIntegerField(primary_key=True)
    last_id = models.BigIntegerField()
    ids = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["last_id"], name="seal_ends_once")]
