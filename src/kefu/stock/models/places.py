"""Where goods lie and which lots they come from (STK-008, STK-012, STK-014)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.organisation.models import Labelled, Node, User
from kefu.products.models import Product, StorageClass
from kefu.stock.choices import NOT_THERE, ZonePurpose
from kefu.stock.permissions import StockPermission


class WarehouseQuerySet(models.QuerySet["Warehouse"]):
    """Warehouses within a user's reach."""

    def visible_to(self, user: User) -> WarehouseQuerySet:
        """Central and branch warehouses are separate rights (Annex 1)."""
        central = models.Q(central=True) & scope(user, StockPermission.CENTRAL_VIEW)
        return self.filter(central | (models.Q(central=False) & scope(user, StockPermission.BRANCH_VIEW)))


class Warehouse(Labelled):
    """A place of goods with its own keeper; `central` ones fall under the rights for the central warehouse."""

    code = models.CharField(_("编码"), max_length=20, unique=True)
    node = models.ForeignKey(Node, models.PROTECT, related_name="warehouses", verbose_name=_("所属机构"))
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("库管")
    )
    central = models.BooleanField(_("总库房"), default=False)
    active = models.BooleanField(_("在用"), default=True)

    objects = WarehouseQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    @property
    def own_zones(self) -> models.QuerySet[Zone]:
        """The zones goods can be put into: not those for what is on its way or lent."""
        return self.zones.exclude(purpose__in=NOT_THERE)

    @property
    def view_permission(self) -> StockPermission:
        """What it takes to look at this warehouse."""
        return StockPermission.CENTRAL_VIEW if self.central else StockPermission.BRANCH_VIEW

    @property
    def keep_permission(self) -> StockPermission:
        """What it takes to change its stock."""
        return StockPermission.CENTRAL_KEEP if self.central else StockPermission.BRANCH_KEEP


class Zone(Labelled):
    """A part of a warehouse with one climate; goods leave only from shelves. `transit` holds what is on its way here, `lent` what was lent."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="zones")
    storage = models.ForeignKey(StorageClass, models.PROTECT, related_name="+", verbose_name=_("储存条件"))
    purpose = models.CharField(_("用途"), max_length=10, choices=ZonePurpose.choices, default=ZonePurpose.SHELF)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse"], condition=models.Q(purpose=ZonePurpose.TRANSIT), name="zone_one_transit"
            ),
            models.UniqueConstraint(
                fields=["warehouse"], condition=models.Q(purpose=ZonePurpose.LENT), name="zone_one_lent"
            ),
        ]

    @property
    def is_shelf(self) -> bool:
        """Whether goods leave from here."""
        return self.purpose == ZonePurpose.SHELF


class Lot(models.Model):
    """One production lot of a product. `expiry` is the last day it is good; `received_on` its first arrival.

    `cost` is what a pack was bought for. A recalled lot leaves only to be destroyed or sent back.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="lots")
    code = models.CharField(_("批号"), max_length=40)
    expiry = models.DateField(_("有效期至"), null=True, blank=True)
    received_on = models.DateField(_("入库日期"))
    cost = models.DecimalField(_("进价"), max_digits=10, decimal_places=2, null=True, blank=True)
    recalled = models.BooleanField(_("已召回"), default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "code"], name="lot_once"),
            models.CheckConstraint(condition=models.Q(cost__isnull=True) | models.Q(cost__gte=0), name="lot_cost"),
        ]

    def __str__(self) -> str:
        return self.code
