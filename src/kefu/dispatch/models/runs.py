"""The vehicle dispatch register [发车登记]: runs, what goes with them, what was short (STK-023)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.choices import RUN_TONES, SIGNED, RunKind, RunState
from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.ui.inputs import Status
from kefu.messaging.models import Message
from kefu.organisation.models import User
from kefu.sales.models import Purchase, PurchaseLine
from kefu.stock.models import Warehouse

USER = settings.AUTH_USER_MODEL


class RunQuerySet(models.QuerySet["Run"]):
    """Runs within a user's reach."""

    def visible_to(self, user: User, permission: DispatchPermission = DispatchPermission.VIEW) -> RunQuerySet:
        """Those of warehouses at nodes whose register the person may see."""
        return self.filter(scope(user, permission, node="warehouse__node_id"))


class Run(models.Model):
    """A vehicle, coach or carrier that takes goods along. `revision` counts what customers have to be told anew."""

    number = models.CharField(_("发车单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="runs", verbose_name=_("库房"))
    kind = models.CharField(_("车辆"), max_length=8, choices=RunKind.choices)
    company = models.CharField(_("承运公司"), max_length=60, blank=True)
    plate = models.CharField(_("车牌"), max_length=20, blank=True)
    driver = models.CharField(_("司机"), max_length=40, blank=True)
    driver_phone = models.CharField(_("司机电话"), max_length=20, blank=True)
    departs_at = models.DateTimeField(_("发车时间"))
    arrives_at = models.DateTimeField(_("预计到达"), null=True)
    pickup_point = models.CharField(_("取货地点"), max_length=60, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=RunState.choices, default=RunState.PLANNED)
    revision = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    departed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    departed_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    cancelled_at = models.DateTimeField(null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["warehouse", "-id"], name="run_latest")]
        constraints = [
            models.CheckConstraint(condition=~Q(plate="") | ~Q(company=""), name="run_says_by_what"),
            models.CheckConstraint(
                condition=~Q(kind=RunKind.COACH)
                | ~Q(plate="") & ~Q(driver_phone="") & ~Q(pickup_point="") & Q(arrives_at__isnull=False),
                name="run_coach_can_be_met",
            ),
            models.CheckConstraint(
                condition=Q(arrives_at__isnull=True) | Q(arrives_at__gt=F("departs_at")), name="run_arrives_later"
            ),
            models.CheckConstraint(
                condition=~Q(state=RunState.DEPARTED) | Q(departed_by__isnull=False, departed_at__isnull=False),
                name="run_left_says_who",
            ),
            models.CheckConstraint(
                condition=~Q(state=RunState.CANCELLED)
                | Q(cancelled_by__isnull=False, cancelled_at__isnull=False) & ~Q(reason=""),
                name="run_cancelled_says_why",
            ),
        ]

    @property
    def status(self) -> Status:
        """The state as it is shown: colour, icon and word."""
        tone, icon = RUN_TONES[RunState(self.state)]
        return Status(tone, icon, self.get_state_display())

    @property
    def by_what(self) -> str:
        """Plate and company, as far as they are known."""
        return " ".join(part for part in (self.plate, self.company) if part)


class RunLine(models.Model):
    """Packs of one order of one customer on a run: each order stands once, so that customer, order and quantity agree one to one."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="lines", db_index=False)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="run_lines")
    packs = models.PositiveIntegerField(_("数量"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "purchase"], name="run_order_once"),
            models.CheckConstraint(condition=Q(packs__gt=0), name="run_line_packs"),
        ]


class RunTold(models.Model):
    """That the customer of a line was written to about a run as it was at a revision; `over` says that it does not come."""

    line = models.ForeignKey(RunLine, models.PROTECT, related_name="told", db_index=False)
    revision = models.PositiveIntegerField()
    over = models.BooleanField(default=False)
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["line", "revision"], name="run_told_once")]


class ShortItemQuerySet(models.QuerySet["ShortItem"]):
    """Short items within a user's reach."""

    def visible_to(self, user: User, permission: DispatchPermission = DispatchPermission.VIEW) -> ShortItemQuerySet:
        """Those of the runs the person may see."""
        return self.filter(scope(user, permission, node="line__run__warehouse__node_id"))

    def owed(self) -> ShortItemQuerySet:
        """Those of which packs are still owed, as `ShortItem.open` counts them."""
        line = "purchase_line__"
        kept = F(f"{line}quantity") - F(f"{line}withdrawn") - F(f"{line}returned")
        rows = self.filter(supplied__lt=F("packs"), line__purchase__state__in=SIGNED).filter(supplied__lt=kept)
        return rows.exclude(line__run__state=RunState.CANCELLED)


class ShortItem(models.Model):
    """Packs of a product of the order that did not go along [漏件差件], and how many were supplied since; the database keeps both within each other."""

    line = models.ForeignKey(RunLine, models.PROTECT, related_name="short", db_index=False)
    purchase_line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="+")
    packs = models.PositiveIntegerField(_("差几件"))
    supplied = models.PositiveIntegerField(_("已补"), default=0)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    objects = ShortItemQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], name="short_item_open", condition=Q(supplied__lt=F("packs")))]
        constraints = [
            models.UniqueConstraint(fields=["line", "purchase_line"], name="short_item_once"),
            models.CheckConstraint(condition=Q(packs__gt=0, supplied__lte=F("packs")), name="short_item_supplied"),
        ]

    @property
    def open(self) -> int:
        """Packs that are still owed: of a run that goes and an order that stands, and no more than the customer did not give up."""
        if self.line.run.state == RunState.CANCELLED or self.line.purchase.state not in SIGNED:
            return 0
        goods = self.purchase_line
        kept = goods.quantity - goods.withdrawn - goods.returned
        return max(min(self.packs, kept) - self.supplied, 0)


class ShortSupply(models.Model):
    """Packs of a short item that were supplied, and how: with which run or parcel."""

    item = models.ForeignKey(ShortItem, models.PROTECT, related_name="supplies")
    packs = models.PositiveIntegerField(_("数量"))
    how = models.CharField(_("怎么补的"), max_length=100)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(packs__gt=0) & ~Q(how=""), name="short_supply_says_how")]
