"""Messages on their way out, and what the other side reports of them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from kefu.foundation.outbox.choices import Outcome, State


class OutboxMessage(models.Model):
    """One message to one receiver over one channel; the receiver may drop a second one with the same key."""

    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    resends = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    via = models.CharField(max_length=20, blank=True)
    references = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[State.SENT, State.DELIVERED]) | Q(sent_at__isnull=False), name="outbox_sent_at"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SENDING) | Q(claimed_at__isnull=False), name="outbox_claimed_at"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="outbox_open", condition=Q(state__in=["pending", "sending"])),
            models.Index(fields=["channel", "-id"], name="outbox_stopped", condition=Q(state__in=["held", "dead"])),
            models.Index(fields=["subject_kind", "subject_id"], name="outbox_subject"),
            GinIndex(fields=["references"], name="outbox_references"),
        ]


class DeliveryReceipt(models.Model):
    """What the other side reported of one reference, once; `message` stays empty until the message is known by it.

    `look_at`: since when the message is to be looked for (again); empty once it is found, or not looked for any more.
    """

    message = models.ForeignKey(OutboxMessage, models.PROTECT, null=True, related_name="receipts")
    channel = models.CharField(max_length=20)
    reference = models.CharField(max_length=140)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    code = models.CharField(max_length=60, blank=True)
    no_such_address = models.BooleanField(default=False)
    happened_at = models.DateTimeField()
    at = models.DateTimeField()
    look_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "reference", "outcome"], name="receipt_once"),
        ]
        indexes = [
            models.Index(fields=["look_at", "id"], name="receipt_to_match", condition=Q(look_at__isnull=False)),
        ]
