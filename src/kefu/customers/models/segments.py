"""Groups of customers by criteria; each definition is kept (CUS-011)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import Node

USER = settings.AUTH_USER_MODEL


class Segment(models.Model):
    """A named group, shared by the colleagues of a place. Who is in it follows from its latest version, within the reader's scope."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=60)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["node", "name"], name="segment_name_once", condition=models.Q(active=True)),
        ]


class SegmentVersion(models.Model):
    """What a segment was or is defined by, since when and by whom; written once."""

    segment = models.ForeignKey(Segment, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["segment", "number"], name="segment_version_once")]
