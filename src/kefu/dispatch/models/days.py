"""The daily list of what was shipped and what was not [发货日报], as it was handed in (STK-025)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.organisation.models import User
from kefu.stock.models import Warehouse


class DayListQuerySet(models.QuerySet["DayList"]):
    """Daily lists within a user's reach."""

    def visible_to(self, user: User) -> DayListQuerySet:
        """Those of warehouses at nodes whose register the person may see."""
        return self.filter(scope(user, DispatchPermission.VIEW, node="warehouse__node_id"))


class DayList(models.Model):
    """The counts of a day at a warehouse when the list was handed in: orders and packs that were shipped, and that were not."""

    number = models.CharField(_("日报编号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="day_lists", db_index=False)
    day = models.DateField(_("日期"))
    shipped_orders = models.PositiveIntegerField(_("已发订单"))
    shipped_packs = models.PositiveIntegerField(_("已发件数"))
    open_orders = models.PositiveIntegerField(_("未发订单"))
    open_packs = models.PositiveIntegerField(_("未发件数"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    objects = DayListQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["warehouse", "day"], name="day_list_once")]
