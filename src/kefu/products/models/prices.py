"""The history of prices: every change with its reason, never rewritten."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.products.models.examinations import Package, TestItem
from kefu.products.models.goods import Product

_ONE_SUBJECT = (
    Q(product__isnull=False, item__isnull=True, package__isnull=True)
    | Q(product__isnull=True, item__isnull=False, package__isnull=True)
    | Q(product__isnull=True, item__isnull=True, package__isnull=False)
)


class PriceChange(models.Model):
    """One change of the price of a product, a test item or a package; `before` is null for the first price."""

    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="price_changes")
    item = models.ForeignKey(TestItem, models.PROTECT, null=True, related_name="price_changes")
    package = models.ForeignKey(Package, models.PROTECT, null=True, related_name="price_changes")
    before = models.DecimalField(_("原价"), max_digits=10, decimal_places=2, null=True)
    after = models.DecimalField(_("新价"), max_digits=10, decimal_places=2, null=True)
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=_ONE_SUBJECT, name="price_change_subject")]
