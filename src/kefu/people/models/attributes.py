"""What other rules need to know about a colleague, with its history (ORG-015)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.people.choices import Attribute

USER = settings.AUTH_USER_MODEL


class StaffAttributeQuerySet(models.QuerySet["StaffAttribute"]):
    """The histories of attributes."""

    def on_day(self, day: date) -> StaffAttributeQuerySet:
        """Of each colleague and attribute the row that counts on a day."""
        return (
            self.filter(valid_from__lte=day)
            .order_by("user_id", "attribute", "-valid_from")
            .distinct("user_id", "attribute")
        )


class StaffAttribute(models.Model):
    """From a day on, one attribute of one colleague has this value; an empty one says that it has none any more."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="attributes")
    attribute = models.CharField(max_length=12, choices=Attribute.choices)
    value = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField(_("自"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StaffAttributeQuerySet.as_manager()

    class Meta:
        ordering = ["attribute", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["user", "attribute", "valid_from"], name="staff_attribute_once"),
        ]
