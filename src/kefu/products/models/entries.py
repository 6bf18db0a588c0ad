"""What every entry of the catalogue has: a code, two names, and how it is searched."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import Labelled


class Coded(Labelled):
    """A named entry of a list, in the order of its `position`."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "code"]


class Entry(Labelled):
    """Something that can be ordered or sold: found by code, name, pinyin or initials."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    price = models.DecimalField(_("价格"), max_digits=10, decimal_places=2, null=True, blank=True)
    active = models.BooleanField(_("在用"), default=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)
    search = models.CharField(max_length=600, blank=True, editable=False)
    """Normalised code, names, pinyin and initials, joined by spaces."""

    class Meta:
        abstract = True
        ordering = ["code"]
