"""Product lists as they were printed (RPT-008): for a place and a day, so that the same list prints the same again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import Node
from kefu.products.models.goods import Category


class ProductList(models.Model):
    """The products on sale with their prices of a day, everywhere or at a place, of one category or all."""

    node = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("机构"))
    day = models.DateField(_("日期"))
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("分类")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "day", "category"], name="product_list_once", nulls_distinct=False)
        ]
