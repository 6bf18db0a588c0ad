"""When doctors hold clinic: weekly hours, and the days unlike them (APT-019)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import ExceptionKind
from kefu.foundation.worktime.choices import Weekday
from kefu.organisation.models import Node, Room

USER = settings.AUTH_USER_MODEL


class ClinicSchedule(models.Model):
    """A doctor's hours on a weekday at a place, from a day until before another (APT-019)."""

    doctor = models.ForeignKey(USER, models.PROTECT, related_name="clinic_hours", verbose_name=_("医生"))
    node = models.ForeignKey(Node, models.PROTECT, related_name="clinic_hours", verbose_name=_("中心"))
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("诊室"))
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday.choices)
    opens = models.TimeField(_("自"))
    closes = models.TimeField(_("至"))
    slot_minutes = models.PositiveSmallIntegerField(_("每位分钟"))
    valid_from = models.DateField(_("生效"))
    valid_to = models.DateField(_("失效"), null=True, blank=True)

    class Meta:
        ordering = ["doctor", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="clinic_hours_order"),
            models.CheckConstraint(condition=Q(slot_minutes__gte=5), name="clinic_slot_length"),
            models.UniqueConstraint(fields=["doctor", "weekday", "opens", "valid_from"], name="clinic_hours_once"),
        ]


class ScheduleException(models.Model):
    """A day unlike the schedule: leave (the whole day without hours), or extra hours at a place."""

    doctor = models.ForeignKey(USER, models.PROTECT, related_name="clinic_exceptions", verbose_name=_("医生"))
    day = models.DateField(_("日期"))
    kind = models.CharField(_("种类"), max_length=8, choices=ExceptionKind.choices)
    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("中心"))
    opens = models.TimeField(_("自"), null=True, blank=True)
    closes = models.TimeField(_("至"), null=True, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(_("每位分钟"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["day"]
        indexes = [models.Index(fields=["doctor", "day"], name="clinic_exception_day")]
