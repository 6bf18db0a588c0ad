"""The counters behind the series."""

from django.db import models


class Counter(models.Model):
    """The last number issued by a series within its period (and node)."""

    series = models.CharField(max_length=120, unique=True)
    last = models.PositiveIntegerField(default=0)
