"""What should be bought, with everything it was worked out from as it was at that moment (STK-001)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.organisation.models import Node, User
from kefu.products.models import Product
from kefu.purchasing.models.suppliers import Supply
from kefu.purchasing.permissions import PurchasingPermission
from kefu.stock.models import Warehouse

USER = settings.AUTH_USER_MODEL


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals within a user's reach."""

    def visible_to(self, user: User) -> ProposalQuerySet:
        """Those for the warehouses for which the person sees purchasing."""
        return self.filter(scope(user, PurchasingPermission.PLAN_VIEW, node="warehouse__node_id"))


class Proposal(models.Model):
    """One run for a central warehouse: sales counted from `since` up to, without, `until`. `weights` are the limits of that day."""

    number = models.CharField(_("建议单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("库房"))
    since = models.DateField(_("销售起"))
    until = models.DateField(_("销售止"))
    weights = models.JSONField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    objects = ProposalQuerySet.as_manager()


class ProposalLine(models.Model):
    """One product: the inputs in packs, what the formula proposes, and what the manager made of it."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    supply = models.ForeignKey(Supply, models.PROTECT, null=True, related_name="+", db_index=False)
    issued = models.PositiveIntegerField(_("销售"))
    demand = models.PositiveIntegerField(_("客户待发"))
    on_hand = models.PositiveIntegerField(_("在库可用"))
    reserved = models.PositiveIntegerField(_("已留"))
    on_the_way = models.PositiveIntegerField(_("调拨在途"))
    on_order = models.PositiveIntegerField(_("已订未到"))
    safety = models.PositiveIntegerField(_("安全库存"))
    lead_days = models.PositiveSmallIntegerField(_("供货天数"))
    multiple = models.PositiveIntegerField(_("每箱件数"))
    minimum = models.PositiveIntegerField(_("最少起订"))
    proposed = models.PositiveIntegerField(_("建议数量"))
    quantity = models.PositiveIntegerField(_("采购数量"))
    reason = models.CharField(_("改动原因"), max_length=200, blank=True)
    changed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "product"], name="proposal_product_once"),
            models.CheckConstraint(
                condition=Q(changed_by__isnull=True, changed_at__isnull=True, reason="", quantity=F("proposed"))
                | Q(changed_by__isnull=False, changed_at__isnull=False) & ~Q(reason=""),
                name="proposal_change_says_who",
            ),
        ]


class ProposalPlace(models.Model):
    """The part of one office or branch in a line."""

    line = models.ForeignKey(ProposalLine, models.PROTECT, related_name="places", db_index=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+", db_index=False)
    issued = models.PositiveIntegerField(_("销售"))
    demand = models.PositiveIntegerField(_("客户待发"))
    on_hand = models.PositiveIntegerField(_("在库可用"))
    reserved = models.PositiveIntegerField(_("已留"))
    on_the_way = models.PositiveIntegerField(_("调拨在途"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "node"], name="proposal_place_once")]
