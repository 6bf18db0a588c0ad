"""Goods that are lent to a colleague or a department and come back (STK-018 for goods of any kind)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.conditions import any_of
from kefu.foundation.access.queries import scope
from kefu.foundation.ui.inputs import Status
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions.choices import LENDING_TONES, Condition, LendingState
from kefu.requisitions.permissions import RequisitionPermission
from kefu.stock.models import Balance, Warehouse

USER = settings.AUTH_USER_MODEL


class LendingQuerySet(models.QuerySet["Lending"]):
    """Lendings within a user's reach."""

    def visible_to(self, user: User) -> LendingQuerySet:
        """Those of warehouses at nodes the person may see requisitions of, and what one has borrowed."""
        seen = scope(user, RequisitionPermission.VIEW, node="warehouse__node_id")
        return self.filter(any_of(seen, Q(borrower=user)))


class Lending(models.Model):
    """Goods of a warehouse in somebody's hands until a day. Who agrees is neither who asks nor who borrows."""

    number = models.CharField(_("借用单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="lendings", verbose_name=_("库房"))
    borrower = models.ForeignKey(USER, models.PROTECT, related_name="borrowed", verbose_name=_("借用人"))
    department = models.CharField(_("借用部门"), max_length=60, blank=True)
    purpose = models.CharField(_("用途"), max_length=200)
    due_on = models.DateField(_("归还日期"))
    state = models.CharField(_("状态"), max_length=10, choices=LendingState.choices, default=LendingState.ASKED)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    handed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    handed_at = models.DateTimeField(null=True)

    objects = LendingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "due_on"], name="lending_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "withdrawn"])
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("by"))
                & ~Q(decided_by=F("borrower")),
                name="lending_agreed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["out", "returned"]) | Q(handed_by__isnull=False, handed_at__isnull=False),
                name="lending_out_says_who",
            ),
        ]

    @property
    def status(self) -> Status:
        """The state as it is shown: colour, icon and word."""
        tone, icon = LENDING_TONES[LendingState(self.state)]
        return Status(tone, icon, self.get_state_display())


class LendingLine(models.Model):
    """Packs of a product that are asked for."""

    lending = models.ForeignKey(Lending, models.PROTECT, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    packs = models.PositiveIntegerField(_("数量"))

    class Meta:
        ordering = ["product__code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lending", "product"], name="lending_product_once"),
            models.CheckConstraint(condition=Q(packs__gt=0), name="lending_packs"),
        ]


class LentLot(models.Model):
    """Packs of one lot that were handed over, in the warehouse's zone for lent goods (`balance`), and how many are settled."""

    lending = models.ForeignKey(Lending, models.PROTECT, related_name="lots", db_index=False)
    balance = models.ForeignKey(Balance, models.PROTECT, related_name="+", db_index=False)
    packs = models.PositiveIntegerField(_("借出"))
    returned = models.PositiveIntegerField(_("已还"), default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["lending", "balance"], name="lent_lot_once"),
            models.CheckConstraint(condition=Q(packs__gt=0, returned__lte=F("packs")), name="lent_lot_returned"),
        ]

    @property
    def open(self) -> int:
        """Packs that are still out."""
        return self.packs - self.returned


class LendingReturn(models.Model):
    """Packs of a lent lot that came back, in which condition; or will not, by the word of who agreed to the lending."""

    lot = models.ForeignKey(LentLot, models.PROTECT, related_name="returns")
    packs = models.PositiveIntegerField(_("数量"))
    condition = models.CharField(_("情况"), max_length=8, choices=Condition.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(packs__gt=0), name="lending_return_packs"),
            models.CheckConstraint(condition=Q(condition="good") | ~Q(note=""), name="lending_return_says_what"),
        ]
