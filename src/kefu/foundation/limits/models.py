"""Values that replace a shipped default from a day on, for everywhere or for one node and below."""

from django.conf import settings
from django.db import models


class LimitValue(models.Model):
    """One changed value. History is kept: the row with the latest day on or before the date counts."""

    code = models.CharField(max_length=80)
    node = models.ForeignKey("organisation.Node", models.PROTECT, null=True)
    value = models.JSONField()
    valid_from = models.DateField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["code", "-valid_from", "-id"], name="limit_current")]
