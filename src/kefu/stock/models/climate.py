"""The climate of the zones as it was measured, when it was outside its bounds, and the goods that were held for it (STK-008)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.stock.choices import BreachCause, BreachMatter, HeldDecision
from kefu.stock.models.ledger import Balance
from kefu.stock.models.places import Zone

DEGREES: dict[str, Any] = {"max_digits": 5, "decimal_places": 2}


class ClimateReading(models.Model):
    """Lowest and highest of an interval as a logger kept them, or one look at the thermometer, where both are the same."""

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="readings", db_index=False)
    logger = models.CharField(_("记录仪"), max_length=40, blank=True)
    began_at = models.DateTimeField(_("从"))
    ended_at = models.DateTimeField(_("到"))
    temp_low = models.DecimalField(_("最低温度"), **DEGREES)
    temp_high = models.DecimalField(_("最高温度"), **DEGREES)
    humidity_low = models.DecimalField(_("最低湿度"), **DEGREES)
    humidity_high = models.DecimalField(_("最高湿度"), **DEGREES)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("记录时间"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "logger", "ended_at"], name="climate_reading_once"),
            models.CheckConstraint(
                condition=Q(
                    began_at__lte=F("ended_at"), temp_low__lte=F("temp_high"), humidity_low__lte=F("humidity_high")
                ),
                name="climate_reading_ordered",
            ),
        ]
        indexes = [models.Index(fields=["zone", "-ended_at", "-id"], name="climate_latest")]


class ClimateBreach(models.Model):
    """A time a zone was outside its bounds, or its logger was silent. Open until a person closes it with a reason.

    `back_at` is when the readings were within bounds again; empty while they are outside.
    """

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="breaches", db_index=False)
    matter = models.CharField(_("异常"), max_length=12, choices=BreachMatter.choices)
    opened_at = models.DateTimeField(_("开始"))
    last_out_at = models.DateTimeField(_("最后一次超出"))
    back_at = models.DateTimeField(_("恢复时间"), null=True)
    lowest = models.DecimalField(_("最低"), null=True, **DEGREES)
    highest = models.DecimalField(_("最高"), null=True, **DEGREES)
    closed_at = models.DateTimeField(_("处理时间"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    cause = models.CharField(_("原因类别"), max_length=12, choices=BreachCause.choices, blank=True)
    reason = models.CharField(_("原因和措施"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "matter"], condition=Q(closed_at__isnull=True), name="breach_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, cause="", reason="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(cause="") & ~Q(reason=""),
                name="breach_closed_says_why",
            ),
        ]
        indexes = [models.Index(fields=["zone", "-id"], name="breach_of_zone")]


class HeldLot(models.Model):
    """Packs of a lot that were in a zone during a breach and are blocked until somebody decides about them."""

    breach = models.ForeignKey(ClimateBreach, models.PROTECT, related_name="held")
    balance = models.ForeignKey(Balance, models.PROTECT, related_name="+", db_index=False)
    packs = models.PositiveIntegerField(_("数量"))
    decision = models.CharField(_("处理"), max_length=12, choices=HeldDecision.choices, blank=True)
    reason = models.CharField(_("依据"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(packs__gt=0), name="held_lot_packs"),
            models.CheckConstraint(
                condition=Q(decision="", reason="", by__isnull=True, at__isnull=True)
                | Q(by__isnull=False, at__isnull=False) & ~Q(decision="") & ~Q(reason=""),
                name="held_lot_decided_says_why",
            ),
        ]
