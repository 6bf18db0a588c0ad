"""Day close: what a desk should hold, what was counted, who closed and who took the float over. Kept as rows, reopened by a row (gap 23)."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import Method
from kefu.billing.models.payments import Desk
from kefu.kernel.money import ZERO, total
from kefu.organisation.models import User

USER = settings.AUTH_USER_MODEL


class DayCloseQuerySet(models.QuerySet["DayClose"]):
    """Day closes within a user's reach."""

    def visible_to(self, user: User) -> Self:
        """Closes of the desks the user may see: they tell amounts, and nothing of customers."""
        return self.filter(desk__in=Desk.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that were not reopened."""
        return self.filter(reopened_at__isnull=True)


class DayClose(models.Model):
    """One count of one desk for one business day. While it stands, the database books nothing into that day."""

    number = models.CharField(_("日结单号"), max_length=40, unique=True)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="closes")
    day = models.DateField(_("营业日"))
    opening = models.DecimalField(_("开台备用金"), max_digits=12, decimal_places=2)
    left = models.DecimalField(_("留下的备用金"), max_digits=12, decimal_places=2)
    carried = models.PositiveSmallIntegerField(_("转到下一天的退款"), default=0)
    reason = models.CharField(_("差额原因"), max_length=200, blank=True)
    two_people = models.BooleanField(_("要第二个人确认"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("日结时间"))
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("接班时间"), null=True)
    reopened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField(_("重开时间"), null=True)
    reopened_why = models.CharField(_("重开原因"), max_length=200, blank=True)

    objects = DayCloseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["desk", "-day", "-id"], name="close_of_desk")]
        constraints = [
            models.UniqueConstraint(
                fields=["desk", "day"], condition=Q(reopened_at__isnull=True), name="day_closed_once"
            ),
            models.CheckConstraint(condition=Q(opening__gte=0, left__gte=0), name="close_float"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("by"))),
                name="close_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reopened_by__isnull=True, reopened_at__isnull=True, reopened_why="")
                | (Q(reopened_by__isnull=False, reopened_at__isnull=False) & ~Q(reopened_why="")),
                name="close_reopened_says_why",
            ),
        ]

    @property
    def difference(self) -> Decimal:
        """What was counted above (or below) what should be there, in all ways of paying together; one more query."""
        return total(line.difference for line in self.lines.all())

    @property
    def banked(self) -> Decimal:
        """What of the counted cash was taken out of the drawer: all but the float left in it."""
        return next((line.counted for line in self.lines.all() if line.method == Method.CASH), ZERO) - self.left

    @property
    def waits(self) -> bool:
        """Whether a second person still has to confirm it and take the float over."""
        return self.two_people and self.confirmed_at is None and self.reopened_at is None

    @property
    def status(self) -> str:
        """One word for programs: reopened, waiting (for a second person), confirmed or closed."""
        if self.reopened_at is not None:
            return "reopened"
        if self.confirmed_at is not None:
            return "confirmed"
        return "waiting" if self.two_people else "closed"


class CloseLine(models.Model):
    """One way of paying: what the book says (cash with the float), how many slips, and what was counted."""

    close = models.ForeignKey(DayClose, models.PROTECT, related_name="lines")
    method = models.CharField(_("收款方式"), max_length=12, choices=Method.choices)
    expected = models.DecimalField(_("账面"), max_digits=12, decimal_places=2)
    counted = models.DecimalField(_("实点"), max_digits=12, decimal_places=2)
    booked = models.PositiveIntegerField(_("账面笔数"))
    slips = models.PositiveIntegerField(_("凭证张数"), null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["close", "method"], name="close_line_once"),
            models.CheckConstraint(
                condition=Q(method="cash", slips__isnull=True, counted__gte=0)
                | (~Q(method="cash") & Q(slips__isnull=False)),
                name="close_line_counted",
            ),
        ]

    @property
    def difference(self) -> Decimal:
        """What was counted above the book; below zero something is missing."""
        return self.counted - self.expected

    @property
    def missing(self) -> int:
        """Slips too few (above zero) or too many."""
        return 0 if self.slips is None else self.booked - self.slips


class CloseCash(models.Model):
    """How many notes or coins of one value lay in the drawer."""

    close = models.ForeignKey(DayClose, models.PROTECT, related_name="cash")
    value = models.DecimalField(_("面额"), max_digits=6, decimal_places=2)
    pieces = models.PositiveIntegerField(_("张数"))

    class Meta:
        ordering = ["-value"]
        constraints = [
            models.UniqueConstraint(fields=["close", "value"], name="close_cash_once"),
            models.CheckConstraint(condition=Q(value__gt=0, pieces__gt=0), name="close_cash_counted"),
        ]

    @property
    def amount(self) -> Decimal:
        """Value times pieces."""
        return self.value * self.pieces
