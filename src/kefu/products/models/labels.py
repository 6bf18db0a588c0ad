"""The daily look at price labels and barcodes on the shelves of a centre (PRD-013)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.organisation.models import Node, User
from kefu.products.choices import LabelKind
from kefu.products.models.goods import Category, Product
from kefu.products.permissions import ProductsPermission


class LabelCheckQuerySet(models.QuerySet["LabelCheck"]):
    """Checks within a user's reach."""

    def visible_to(self, user: User) -> LabelCheckQuerySet:
        """Those of the centres whose shelves the person may see."""
        return self.filter(scope(user, ProductsPermission.LABELS_VIEW))


class MissingLabelQuerySet(models.QuerySet["MissingLabel"]):
    """Missing labels within a user's reach."""

    def visible_to(self, user: User) -> MissingLabelQuerySet:
        """Those of the centres whose shelves the person may see."""
        return self.filter(scope(user, ProductsPermission.LABELS_VIEW, node="node_id"))


class LabelCheck(models.Model):
    """One category on the shelves of one centre was looked through on a day: each portion of a day is done once, by one person."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+", db_index=False, verbose_name=_("中心"))
    day = models.DateField(_("日期"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", db_index=False, verbose_name=_("分类"))
    products = models.PositiveIntegerField(_("产品数"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    objects = LabelCheckQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "day", "category"], name="label_check_once")]


class MissingLabel(models.Model):
    """A price label or barcode that a product lacks at a centre, until somebody puts it there."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+", db_index=False, verbose_name=_("中心"))
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="missing_labels", db_index=False, verbose_name=_("产品")
    )
    kind = models.CharField(_("缺什么"), max_length=10, choices=LabelKind.choices)
    found_in = models.ForeignKey(LabelCheck, models.PROTECT, related_name="missing")
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    put_at = models.DateTimeField(null=True)

    objects = MissingLabelQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["node", "-id"], name="missing_label_node")]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "node", "kind"], name="missing_label_once", condition=Q(put_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(put_at__isnull=True, put_by__isnull=True) | Q(put_at__isnull=False, put_by__isnull=False),
                name="missing_label_put_says_who",
            ),
        ]
