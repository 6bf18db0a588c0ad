"""Yesterday's dispatch slips reconciled and posted, and what the shop's listing says (STK-021)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.choices import SHEET_TONES, SheetState, SlipResult
from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.ui.inputs import Status
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock.models import IssueSlip, Stocktake, Warehouse

USER = settings.AUTH_USER_MODEL


class SheetQuerySet(models.QuerySet["SlipSheet"]):
    """Sheets within a user's reach."""

    def visible_to(self, user: User, permission: DispatchPermission = DispatchPermission.VIEW) -> SheetQuerySet:
        """Those of warehouses at nodes whose register the person may see."""
        return self.filter(scope(user, permission, node="warehouse__node_id"))


class SlipSheet(models.Model):
    """The issue slips of a day at a warehouse. Who posts it neither opened it nor checked a slip on it; the database asks for both."""

    number = models.CharField(_("核对单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="slip_sheets", db_index=False)
    day = models.DateField(_("日期"))
    state = models.CharField(_("状态"), max_length=10, choices=SheetState.choices, default=SheetState.OPEN)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    posted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    posted_at = models.DateTimeField(null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "day"], name="slip_sheet_once"),
            models.CheckConstraint(
                condition=Q(state=SheetState.OPEN, posted_by__isnull=True, posted_at__isnull=True)
                | Q(state=SheetState.POSTED, posted_by__isnull=False, posted_at__isnull=False) & ~Q(posted_by=F("by")),
                name="slip_sheet_second_look",
            ),
        ]

    @property
    def status(self) -> Status:
        """The state as it is shown: colour, icon and word."""
        tone, icon = SHEET_TONES[SheetState(self.state)]
        return Status(tone, icon, self.get_state_display())


class SlipLine(models.Model):
    """One slip of the day: whether what left is what it says; a difference is settled with a reason, by a stocktake where there was one."""

    sheet = models.ForeignKey(SlipSheet, models.PROTECT, related_name="lines")
    slip = models.OneToOneField(IssueSlip, models.PROTECT, related_name="+")
    result = models.CharField(_("核对结果"), max_length=8, choices=SlipResult.choices, blank=True)
    note = models.CharField(_("哪里不符"), max_length=200, blank=True)
    checked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    checked_at = models.DateTimeField(null=True)
    reason = models.CharField(_("怎么处理的"), max_length=200, blank=True)
    stocktake = models.ForeignKey(Stocktake, models.PROTECT, null=True, related_name="+", db_index=False)
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", checked_by__isnull=True) | ~Q(result="") & Q(checked_by__isnull=False, checked_at__isnull=False),
                name="slip_line_checked_says_who",
            ),
            models.CheckConstraint(condition=~Q(result=SlipResult.DIFFERS) | ~Q(note=""), name="slip_line_says_what"),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, reason="")
                | Q(result=SlipResult.DIFFERS, settled_by__isnull=False, settled_at__isnull=False) & ~Q(reason=""),
                name="slip_line_settled_says_why",
            ),
        ]  # fmt: skip

    @property
    def done(self) -> bool:
        """Whether nothing is left to do for this slip but the second look."""
        return self.result == SlipResult.SAME or self.settled_by_id is not None


class ListingCorrection(models.Model):
    """What the shop's listing is set to for a product, beside what the book said at that moment; the latest counts."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    before = models.PositiveIntegerField(_("改前"), null=True)
    packs = models.PositiveIntegerField(_("改为"))
    book = models.PositiveIntegerField(_("账面可发"))
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        indexes = [models.Index(fields=["warehouse", "product", "-id"], name="listing_latest")]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="listing_says_why")]
