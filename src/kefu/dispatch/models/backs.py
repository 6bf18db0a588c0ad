"""Goods that a carrier brings back [货运退回]: where they wait, who collected them, what was booked in (STK-024)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.choices import BACK_TONES, BackState
from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.ui.inputs import Status
from kefu.organisation.models import User
from kefu.sales.models import Purchase
from kefu.stock.models import IssueLine, Warehouse

USER = settings.AUTH_USER_MODEL


class BackQuerySet(models.QuerySet["Back"]):
    """Returns within a user's reach."""

    def visible_to(self, user: User, permission: DispatchPermission = DispatchPermission.VIEW) -> BackQuerySet:
        """Those of warehouses at nodes whose register the person may see."""
        return self.filter(scope(user, permission, node="warehouse__node_id"))


class Back(models.Model):
    """Goods that wait with a carrier or at a coach. Who collects them signs with name and moment, which the database keeps as they are."""

    number = models.CharField(_("退货单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="backs", verbose_name=_("库房"))
    company = models.CharField(_("承运公司"), max_length=60, blank=True)
    plate = models.CharField(_("车牌"), max_length=20, blank=True)
    waybill = models.CharField(_("运单号"), max_length=60, blank=True)
    pickup_address = models.CharField(_("取货地址"), max_length=200)
    phone = models.CharField(_("联系电话"), max_length=20)
    goods = models.CharField(_("货物"), max_length=200)
    purchase = models.ForeignKey(
        Purchase, models.PROTECT, null=True, related_name="carrier_backs", verbose_name=_("购买单号")
    )
    state = models.CharField(_("状态"), max_length=10, choices=BackState.choices, default=BackState.WAITING)
    collect_by = models.DateField(_("取货期限"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    collected_by = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("取货人")
    )
    collected_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    objects = BackQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["warehouse", "-id"], name="back_latest")]
        constraints = [
            models.CheckConstraint(condition=~Q(company="") | ~Q(plate=""), name="back_says_by_whom"),
            models.CheckConstraint(
                condition=Q(state__in=[BackState.WAITING, BackState.CLOSED], collected_by__isnull=True, collected_at__isnull=True)
                | ~Q(state=BackState.WAITING) & Q(collected_by__isnull=False, collected_at__isnull=False),
                name="back_collector_signs",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[BackState.WAITING, BackState.COLLECTED], ended_by__isnull=True)
                | Q(state=BackState.RECEIVED, ended_by__isnull=False, ended_at__isnull=False)
                | Q(state=BackState.CLOSED, ended_by__isnull=False, ended_at__isnull=False) & ~Q(reason=""),
                name="back_end_says_who",
            ),
        ]  # fmt: skip

    @property
    def status(self) -> Status:
        """The state as it is shown: colour, icon and word."""
        tone, icon = BACK_TONES[BackState(self.state)]
        return Status(tone, icon, self.get_state_display())

    @property
    def by_whom(self) -> str:
        """Company, plate and waybill, as far as they are known."""
        return " ".join(part for part in (self.company, self.plate, self.waybill) if part)


class BackLine(models.Model):
    """Packs of a lot of the order that were booked back in, into quarantine."""

    back = models.ForeignKey(Back, models.PROTECT, related_name="lines", db_index=False)
    issue_line = models.ForeignKey(IssueLine, models.PROTECT, related_name="+")
    packs = models.PositiveIntegerField(_("数量"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["back", "issue_line"], name="back_lot_once"),
            models.CheckConstraint(condition=Q(packs__gt=0), name="back_line_packs"),
        ]
