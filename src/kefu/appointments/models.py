"""Clinic schedules and appointments. The database itself refuses two bookings that overlap for a doctor, a customer or a room (APT-003)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import OCCUPYING, TONES, AppointmentStatus, AppointmentType, Channel, ExceptionKind
from kefu.appointments.permissions import AppointmentPermission
from kefu.customers.models import Customer
from kefu.customers.scopes import in_use
from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.ui.inputs import Status
from kefu.foundation.worktime.choices import Weekday
from kefu.organisation.models import Node, Room, User

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


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments within a user's scope."""

    def visible_to(self, user: User, permission: Permission = AppointmentPermission.VIEW) -> AppointmentQuerySet:
        """Appointments at the centres the permission reaches; for doctors their own."""
        owners = ("doctor_id", "customer__doctor_id", "customer__health_manager_id")
        return self.filter(scope(user, permission, node="node_id", owners=owners) & in_use(user, "customer__"))


def _no_overlap(name: str, field: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[(field, RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
        condition=Q(status__in=OCCUPYING),
    )


class Appointment(models.Model):
    """A customer, a doctor, a place and a time `[start, end)`."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="appointments")
    doctor = models.ForeignKey(USER, models.PROTECT, related_name="appointments")
    node = models.ForeignKey(Node, models.PROTECT, related_name="appointments")
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="+")
    type = models.CharField(_("事项"), max_length=20, choices=AppointmentType.choices)
    during = DateTimeRangeField()
    status = models.CharField(max_length=10, choices=AppointmentStatus.choices, default=AppointmentStatus.BOOKED)
    channel = models.CharField(_("来源"), max_length=10, choices=Channel.choices, default=Channel.ON_SITE)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    booked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    ended_reason = models.CharField(max_length=200, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "-id"], name="appointment_customer")]
        constraints = [
            _no_overlap("appointment_one_per_doctor", "doctor"),
            _no_overlap("appointment_one_per_customer", "customer"),
            _no_overlap("appointment_one_per_room", "room"),
        ]

    @property
    def start(self) -> datetime:
        """When it begins."""
        start: datetime = self.during.lower
        return start

    @property
    def end(self) -> datetime:
        """When it ends; the slot after may begin then."""
        end: datetime = self.during.upper
        return end

    @property
    def shown(self) -> Status:
        """The status as colour, icon and word."""
        tone, icon = TONES[AppointmentStatus(self.status)]
        return Status(tone, icon, self.get_status_display())


class AppointmentChange(models.Model):
    """What happened to a booking: moved from when to when, or a new status, by whom and why. Never changed."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="changes")
    status = models.CharField(max_length=10, choices=AppointmentStatus.choices)
    before = models.DateTimeField(null=True)
    after = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
