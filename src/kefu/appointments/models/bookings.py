"""Appointments. The database itself refuses two bookings that overlap for a doctor, a customer or a room (APT-003)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from kefu.appointments.choices import OCCUPYING, TONES, AppointmentStatus, AppointmentType, Channel
from kefu.appointments.models.equipment import Equipment
from kefu.appointments.permissions import AppointmentPermission
from kefu.customers.models import Customer
from kefu.customers.scopes import in_use
from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.ui.inputs import Status
from kefu.organisation.models import Node, Room, User

USER = settings.AUTH_USER_MODEL


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments within a user's scope."""

    def visible_to(self, user: User, permission: Permission = AppointmentPermission.VIEW) -> AppointmentQuerySet:
        """Appointments at the centres the permission reaches; for doctors their own."""
        owners = ("doctor_id", "customer__doctor_id", "customer__health_manager_id")
        return self.filter(scope(user, permission, node="node_id", owners=owners) & in_use(user, "customer__"))

    def occupying(self, span: Range[datetime]) -> AppointmentQuerySet:
        """What takes a doctor, a room or equipment, buffers included, at some moment of a period."""
        return self.alias(held=HELD).filter(held__overlap=span, status__in=OCCUPYING)


HELD = Coalesce("blocked", "during", output_field=DateTimeRangeField())
GATHERING = Coalesce("session", F("id") * Value(-1), output_field=models.BigIntegerField())
"""What tells bookings apart that may share a time: those of one session have its number, any other is alone with its own."""


def _apart(name: str, field: str, needed: Q | None = None) -> ExclusionConstraint:
    """A doctor, a room or a piece of equipment, buffers included, has one booking or one session at a time."""
    condition = Q(status__in=OCCUPYING)
    return ExclusionConstraint(
        name=name,
        expressions=[
            (field, RangeOperators.EQUAL),
            (HELD, RangeOperators.OVERLAPS),
            (GATHERING, RangeOperators.NOT_EQUAL),
        ],
        condition=condition & needed if needed else condition,
    )


class Appointment(models.Model):
    """A customer, a doctor, a place and a time `[start, end)`.

    `blocked` is that time with its buffers, where it has any. In hours that several share, `session` is their row and `seat` 1 to n.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="appointments")
    doctor = models.ForeignKey(USER, models.PROTECT, related_name="appointments")
    node = models.ForeignKey(Node, models.PROTECT, related_name="appointments")
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="+")
    equipment = models.ForeignKey(Equipment, models.PROTECT, null=True, related_name="+")
    type = models.CharField(_("事项"), max_length=20, choices=AppointmentType.choices)
    during = DateTimeRangeField()
    blocked = DateTimeRangeField(null=True)
    session = models.BigIntegerField(null=True)
    seat = models.PositiveSmallIntegerField(default=0)
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
            _apart("appointment_one_per_doctor", "doctor"),
            _apart("appointment_one_per_room", "room", Q(room__isnull=False)),
            _apart("appointment_one_per_equipment", "equipment", Q(equipment__isnull=False)),
            ExclusionConstraint(
                name="appointment_one_per_customer",
                expressions=[("customer", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(status__in=OCCUPYING),
            ),
            models.UniqueConstraint(
                F("doctor"),
                Func("during", function="lower"),
                F("seat"),
                name="appointment_seat_once",
                condition=Q(status__in=OCCUPYING, seat__gt=0),
            ),
            models.CheckConstraint(
                condition=Q(blocked__isnull=True) | Q(blocked__contains=F("during")), name="appointment_blocked"
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=True, seat=0) | Q(session__isnull=False, seat__gt=0),
                name="appointment_seat",
            ),
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
