"""Goods: what lies in a warehouse (PRD-001), and the kits that are handed out for sampling."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.products.choices import Policy
from kefu.products.models.entries import Coded, Entry


class Category(Coded):
    """A group of products, such as vitamins. `needed_facts` must be there before one of them goes on sale (PRD-015)."""

    needed_facts = models.JSONField(_("上架必填资料"), default=list, db_default=[], blank=True)


class StorageClass(Coded):
    """The climate goods need; bounds in °C and % relative humidity (STK-008)."""

    temp_low = models.DecimalField(_("最低温度"), max_digits=4, decimal_places=1)
    temp_high = models.DecimalField(_("最高温度"), max_digits=4, decimal_places=1)
    humidity_low = models.PositiveSmallIntegerField(_("最低湿度"))
    humidity_high = models.PositiveSmallIntegerField(_("最高湿度"))


class Product(Entry):
    """A kind of goods, counted in packs. Kits are products too; those not sold separately have no price.

    `min_shelf_life_months` judges deliveries; `customer_days_left` and `branch_days_left` say until when before its expiry a lot may
    still leave to a customer or to another warehouse.
    """

    specification = models.CharField(_("规格"), max_length=100, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="products", verbose_name=_("分类"))
    unit = models.CharField(_("单位"), max_length=10)
    pieces_per_pack = models.PositiveIntegerField(_("每件数量"), default=1)
    storage = models.ForeignKey(StorageClass, models.PROTECT, related_name="products", verbose_name=_("储存条件"))
    fragile = models.BooleanField(_("易碎"), default=False)
    daily_intake = models.PositiveIntegerField(_("默认日食用量"), null=True, blank=True)
    sold_separately = models.BooleanField(_("单独销售"), default=True)
    dated = models.BooleanField(_("有效期管理"), default=True)
    policy = models.CharField(_("出库顺序"), max_length=8, choices=Policy.choices, blank=True)
    min_shelf_life_months = models.PositiveSmallIntegerField(_("入库最短剩余效期（月）"), default=0)
    customer_days_left = models.PositiveSmallIntegerField(_("给客户时最少剩余效期（天）"), default=0, db_default=0)
    branch_days_left = models.PositiveSmallIntegerField(_("调拨时最少剩余效期（天）"), default=0, db_default=0)
    reorder_point = models.PositiveIntegerField(_("安全库存"), null=True, blank=True)
    material = models.CharField(_("成分或材质"), max_length=300, blank=True, default="", db_default="")
    measurements = models.CharField(_("净含量和尺寸"), max_length=200, blank=True, default="", db_default="")
    features = models.CharField(_("特点"), max_length=500, blank=True, default="", db_default="")
    cautions = models.CharField(_("注意事项"), max_length=500, blank=True, default="", db_default="")
    special_demands = models.CharField(_("特殊需求怎么办"), max_length=500, blank=True, default="", db_default="")
    packing = models.JSONField(_("装箱步骤"), default=list, db_default=[], blank=True)
    """Steps of packing of its own; without them fragile goods have the default ones (STK-007)."""
    words = models.TextField(blank=True, editable=False, default="", db_default="")
    """Normalised specification, category and facts: what a colleague advising a customer searches besides the name."""

    class Meta(Entry.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(pieces_per_pack__gt=0), name="product_pieces"),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gte=0), name="product_price"),
            models.CheckConstraint(
                condition=Q(sold_separately=False) | Q(price__isnull=False), name="product_sold_has_price"
            ),
        ]

    @property
    def issue_policy(self) -> Policy:
        """The policy set for the product; without one, dated goods leave by expiry and others by receipt (STK-005)."""
        if self.policy:
            return Policy(self.policy)
        return Policy.FEFO if self.dated else Policy.FIFO


class Kit(Coded):
    """What is handed out to take a sample with; its stock is counted as a product."""

    contents = models.JSONField(_("内容清单"), default=list)
    product = models.OneToOneField(Product, models.PROTECT, related_name="kit")
