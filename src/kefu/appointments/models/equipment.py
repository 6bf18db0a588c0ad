"""Bookable things of a place: one piece each, such as the thermal camera."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import Labelled, Node


class Equipment(Labelled):
    """A piece of equipment that clinic hours may need; nobody else is booked on it at that time."""

    code = models.CharField(_("编码"), max_length=20, unique=True)
    node = models.ForeignKey(Node, models.PROTECT, related_name="equipment", verbose_name=_("中心"))
    retired_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        ordering = ["code"]
