"""Notices to colleagues."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """One line on one colleague's bell, in that colleague's language, with the place to go to."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    code = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    link = models.CharField(max_length=200, blank=True)
    customer_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_latest"),
            models.Index(fields=["user", "link"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]
