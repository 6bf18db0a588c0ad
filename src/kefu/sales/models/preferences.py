"""What customers like."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.products.models import Product
from kefu.sales.choices import PreferenceKind


class Preference(models.Model):
    """What a customer likes, of one product or altogether, as learnt on a day; ended when it no longer holds (CUS-032)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="preferences", db_index=False)
    kind = models.CharField(_("种类"), max_length=10, choices=PreferenceKind.choices)
    value = models.CharField(_("喜欢什么"), max_length=40)
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    learnt_on = models.DateField(_("哪天了解到"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "id"]
        indexes = [
            models.Index(
                fields=["product", "kind", "value"], name="preference_product", condition=Q(ended_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "value", "product"], name="preference_once",
                condition=Q(ended_at__isnull=True), nulls_distinct=False,
            )
        ]  # fmt: skip
