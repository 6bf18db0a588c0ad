"""Who supplies what: terms of the manufacturers in the register of institutions (ORG-012), and their prices from a day on."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.organisation.models import User
from kefu.people.models import Institution
from kefu.products.models import Product
from kefu.purchasing.permissions import PurchasingPermission

USER = settings.AUTH_USER_MODEL


class SupplierQuerySet(models.QuerySet["Supplier"]):
    """Suppliers within a user's reach."""

    def visible_to(self, user: User) -> SupplierQuerySet:
        """Those of the nodes for which the person sees purchasing."""
        return self.filter(scope(user, PurchasingPermission.PLAN_VIEW, node="institution__node_id"))


class Supplier(models.Model):
    """A manufacturer of the register we order from: whom to write to, and how many days goods need to come."""

    institution = models.OneToOneField(Institution, models.PROTECT, related_name="supplier", verbose_name=_("生产厂家"))
    contact = models.CharField(_("联系人"), max_length=60, blank=True)
    email = models.EmailField(_("接单邮箱"), blank=True)
    lead_days = models.PositiveSmallIntegerField(_("供货天数"))
    active = models.BooleanField(_("在用"), default=True)

    objects = SupplierQuerySet.as_manager()

    @property
    def label(self) -> str:
        """The manufacturer's name in the reader's language."""
        return self.institution.label

    @property
    def node_id(self) -> int:
        """The node that looks after the manufacturer."""
        return self.institution.node_id


class Supply(models.Model):
    """A product as one supplier sells it: the article number there, in which multiples and from how many packs on."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="supplies", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="supplies", verbose_name=_("品名"))
    article = models.CharField(_("厂家货号"), max_length=40, blank=True)
    multiple = models.PositiveIntegerField(_("每箱件数"), default=1)
    minimum = models.PositiveIntegerField(_("最少起订"), default=1)
    active = models.BooleanField(_("在用"), default=True)

    price_now: Decimal | None
    """Only of rows read by `queries.priced`."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "product"], name="supply_once"),
            models.CheckConstraint(condition=Q(multiple__gte=1, minimum__gte=1), name="supply_multiple"),
        ]


class PurchasePrice(models.Model):
    """What a pack costs from a day on, until the next price begins or the offer ends."""

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="prices", db_index=False)
    price = models.DecimalField(_("进价"), max_digits=10, decimal_places=2)
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("有效至"), null=True, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supply", "valid_from"], name="purchase_price_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="purchase_price_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="purchase_price_period"
            ),
        ]
