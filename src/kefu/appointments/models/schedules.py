"""When doctors hold clinic: weekly hours, and the days unlike them (APT-019)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import ExceptionKind
from kefu.appointments.models.equipment import Equipment
from kefu.foundation.worktime.choices import Weekday
from kefu.organisation.models import Node, Room

USER = settings.AUTH_USER_MODEL


SECONDS = Func(template="int4range(EXTRACT(epoch FROM opens)::int, EXTRACT(epoch FROM closes)::int)")
VALIDITY = Func("valid_from", "valid_to", function="daterange")


class ClinicSchedule(models.Model):
    """A doctor's hours on a weekday at a place, `[valid_from, valid_to)` (APT-019).

    A change is a new version from a day on, which `replaces` the row; where it is cut into the same slots, it continues the `sessions_of` it.
    """

    doctor = models.ForeignKey(USER, models.PROTECT, related_name="clinic_hours", verbose_name=_("医生"))
    node = models.ForeignKey(Node, models.PROTECT, related_name="clinic_hours", verbose_name=_("中心"))
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("诊室"))
    equipment = models.ForeignKey(
        Equipment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("设备")
    )
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday.choices)
    opens = models.TimeField(_("自"))
    closes = models.TimeField(_("至"))
    slot_minutes = models.PositiveSmallIntegerField(_("每位分钟"))
    types = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("事项"))
    capacity = models.PositiveSmallIntegerField(_("每场人数"), default=1)
    buffer_before = models.PositiveSmallIntegerField(_("前留分钟"), default=0)
    buffer_after = models.PositiveSmallIntegerField(_("后留分钟"), default=0)
    valid_from = models.DateField(_("生效"))
    valid_to = models.DateField(_("失效"), null=True, blank=True)
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaced_by")
    sessions_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["doctor", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="clinic_hours_order"),
            models.CheckConstraint(condition=Q(slot_minutes__gte=5), name="clinic_slot_length"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="clinic_capacity"),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="clinic_validity"),
            ExclusionConstraint(  # the person is one: no overlap, at whatever places
                name="clinic_hours_apart",
                expressions=[("doctor", "="), ("weekday", "="), (VALIDITY, "&&"), (SECONDS, "&&")],
            ),
        ]

    type_words: list[str]
    """For what one may come, in words, where `queries.types.spoken` filled it; nothing: for all."""


class ScheduleException(models.Model):
    """A day unlike the schedule: leave (all day, or from or until a time), or extra hours at a place."""

    doctor = models.ForeignKey(USER, models.PROTECT, related_name="clinic_exceptions", verbose_name=_("医生"))
    day = models.DateField(_("日期"))
    kind = models.CharField(_("种类"), max_length=8, choices=ExceptionKind.choices)
    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("中心"))
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("诊室"))
    opens = models.TimeField(_("自"), null=True, blank=True)
    closes = models.TimeField(_("至"), null=True, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(_("每位分钟"), null=True, blank=True)
    types = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("事项"))
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["day"]
        indexes = [models.Index(fields=["doctor", "day"], name="clinic_exception_day")]
        constraints = [
            ExclusionConstraint(
                name="clinic_extra_apart",
                expressions=[("doctor", "="), ("day", "="), (SECONDS, "&&")],
                condition=Q(kind=ExceptionKind.EXTRA),
            )
        ]
