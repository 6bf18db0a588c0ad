"""Weekly reconciliation of prepaid packages: what a centre deducted in a week against what customers and colleagues confirm (CUS-029)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import Witness
from kefu.billing.models.prepaid import Prepaid, PrepaidEntry
from kefu.billing.permissions import BillingPermission
from kefu.foundation.access.queries import access_of
from kefu.organisation.choices import Level
from kefu.organisation.models import Node, User

USER = settings.AUTH_USER_MODEL


class PrepaidWeekQuerySet(models.QuerySet["PrepaidWeek"]):
    """Sheets within a user's reach."""

    def visible_to(self, user: User) -> Self:
        """Sheets of the places where the user may see packages, of everybody or of own customers; of their lines only those are shown."""
        reach = access_of(user).reach(BillingPermission.PREPAID_VIEW)
        nodes = reach.nodes(Level.VIEW)
        return self if nodes is None else self.filter(node_id__in=nodes | reach.own)

    def standing(self) -> Self:
        """Those that were not dropped."""
        return self.filter(dropped_at__isnull=True)

    def waiting(self) -> Self:
        """Those with differences that a second person has to confirm yet."""
        return self.standing().filter(two_people=True, confirmed_at__isnull=True)


class PrepaidWeek(models.Model):
    """One sheet of one centre and week. While it stands, nothing more is deducted for that week; differences are settled when confirmed."""

    number = models.CharField(_("对课单号"), max_length=40, unique=True)
    node = models.ForeignKey(Node, models.PROTECT, related_name="prepaid_weeks")
    monday = models.DateField(_("周一"))
    two_people = models.BooleanField(_("要第二个人确认"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("对课时间"))
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    dropped_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(_("作废时间"), null=True)
    dropped_why = models.CharField(_("作废原因"), max_length=200, blank=True)

    objects = PrepaidWeekQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["node", "monday"], condition=Q(dropped_at__isnull=True), name="prepaid_week_once"
            ),
            models.CheckConstraint(condition=Q(monday__iso_week_day=1), name="prepaid_week_monday"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False, two_people=True)
                    & ~Q(confirmed_by=F("by"))
                    & Q(dropped_at__isnull=True)
                ),
                name="prepaid_week_two_people",
            ),
            models.CheckConstraint(
                condition=Q(dropped_by__isnull=True, dropped_at__isnull=True, dropped_why="")
                | (Q(dropped_by__isnull=False, dropped_at__isnull=False) & ~Q(dropped_why="")),
                name="prepaid_week_dropped_says_why",
            ),
        ]

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + timedelta(days=6)

    @property
    def status(self) -> str:
        """One word for programs: dropped, waiting (for a second person), confirmed or closed."""
        if self.dropped_at is not None:
            return "dropped"
        if self.confirmed_at is not None:
            return "confirmed"
        return "waiting" if self.two_people else "closed"


class PrepaidWeekLine(models.Model):
    """One package: what was deducted, what was confirmed and by whom; a difference has a note, and once confirmed its counter entry."""

    week = models.ForeignKey(PrepaidWeek, models.PROTECT, related_name="lines")
    prepaid = models.ForeignKey(Prepaid, models.PROTECT, related_name="week_lines")
    booked = models.PositiveIntegerField(_("已划"))
    confirmed = models.PositiveIntegerField(_("核对数量"))
    witness = models.CharField(_("谁确认的"), max_length=12, choices=Witness.choices)
    note = models.CharField(_("差异说明"), max_length=200, blank=True)
    entry = models.OneToOneField(PrepaidEntry, models.PROTECT, null=True, related_name="week_line")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["week", "prepaid"], name="prepaid_week_line_once"),
            models.CheckConstraint(condition=Q(booked=F("confirmed")) | ~Q(note=""), name="prepaid_week_says_why"),
            models.CheckConstraint(
                condition=Q(entry__isnull=True) | ~Q(booked=F("confirmed")), name="prepaid_week_settles_differences"
            ),
        ]

    @property
    def difference(self) -> int:
        """Units confirmed above (or below) what was deducted."""
        return self.confirmed - self.booked
