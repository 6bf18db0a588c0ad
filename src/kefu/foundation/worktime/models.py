"""Calendars, holidays shared by country, make-up workdays, calling times and festivals."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.foundation.worktime.choices import GuardKind, Weekday
from kefu.organisation.models import Labelled, Node


class Calendar(Labelled):
    """When a place works. `holidays` names the country whose holidays count; empty: none do."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    holidays = models.CharField(_("节假日"), max_length=10, blank=True)
    makeup_workdays = models.BooleanField(_("调休上班"), default=True)
    receives_until = models.TimeField(_("当日截止"), null=True, blank=True)

    class Meta:
        ordering = ["id"]


class OpeningHours(models.Model):
    """One range of a weekday, `[from, to)`; an end of 00:00 is the end of the day."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday.choices)
    opens = models.TimeField(_("自"))
    closes = models.TimeField(_("至"))

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [models.UniqueConstraint(fields=["calendar", "weekday", "opens"], name="opening_hours_once")]


class Holiday(models.Model):
    """A day off in a country. `official` is false until the State Council has published the year."""

    country = models.CharField(max_length=10, default="CN")
    day = models.DateField(_("日期"))
    name = models.CharField(_("名称"), max_length=60)
    official = models.BooleanField(_("已公布"), default=True)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["country", "day"], name="holiday_once")]


class MakeupWorkday(models.Model):
    """A day worked in exchange for a holiday, with the hours of another weekday."""

    country = models.CharField(max_length=10, default="CN")
    day = models.DateField(_("日期"))
    works_as = models.PositiveSmallIntegerField(_("按星期几上班"), choices=Weekday.choices)
    name = models.CharField(_("名称"), max_length=60)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["country", "day"], name="makeup_workday_once")]


class ClosedDay(models.Model):
    """A day on which one place stays closed, whatever its calendar says."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="closed_days", verbose_name=_("机构"))
    day = models.DateField(_("日期"))
    name = models.CharField(_("原因"), max_length=60)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["node", "day"], name="closed_day_once")]


class CallingTime(models.Model):
    """A time of the day to avoid, or the best time, for calling customers (FUP-002)."""

    kind = models.CharField(max_length=8, choices=GuardKind.choices)
    opens = models.TimeField(_("自"))
    closes = models.TimeField(_("至"))

    class Meta:
        ordering = ["kind", "opens"]


class Festival(Labelled):
    """A festival by its solar or lunar date; some call for a follow-up (FUP-001), all have a greeting."""

    code = models.CharField(max_length=40, unique=True)
    lunar = models.BooleanField(_("农历"))
    month = models.PositiveSmallIntegerField(_("月"))
    day = models.PositiveSmallIntegerField(_("日"))
    follow_up = models.BooleanField(_("重大节日回访"))
    greeting_template = models.CharField(max_length=60)
    lead_days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["id"]
