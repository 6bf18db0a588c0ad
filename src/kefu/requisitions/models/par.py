"""How much should lie in a warehouse (STK-012)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock.models import Warehouse

DURING = Func(F("valid_from"), F("valid_to"), function="daterange")


class ParLevelQuerySet(models.QuerySet["ParLevel"]):
    """Par levels within a user's reach."""

    def visible_to(self, user: User) -> ParLevelQuerySet:
        """Those of the warehouses a person sees."""
        return self.filter(warehouse__in=Warehouse.objects.visible_to(user))


class ParLevel(models.Model):
    """Packs of a product that should lie in a warehouse in `[valid_from, valid_to)`; without an end until somebody sets another."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="par_levels", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    packs = models.PositiveIntegerField(_("备用数量"))
    valid_from = models.DateField(_("从"))
    valid_to = models.DateField(_("到"), null=True)
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    objects = ParLevelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="par_level_order"
            ),
            ExclusionConstraint(
                name="par_level_one_at_a_time", expressions=[("warehouse", "="), ("product", "="), (DURING, "&&")]
            ),
        ]
