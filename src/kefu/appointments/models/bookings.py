"""Appointments. The database itself refuses two that overlap for a doctor, a customer or a room, held slots included (APT-003)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import RangeStartsWith
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from kefu.appointments.choices import OCCUPYING, REOPENED_TO, TONES, AppointmentStatus, Channel
from kefu.appointments.models.equipment import Equipment
from kefu.appointments.models.types import VisitType
from kefu.appointments.permissions import AppointmentPermission
from kefu.customers.models import Customer
from kefu.customers.scopes import in_use
from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.ui.inputs import Status
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, Room, User

USER = settings.AUTH_USER_MODEL


@dataclass(frozen=True)
class Where:
    """With whom, where, what for and when: what may change of a booking."""

    doctor: User
    node: Node
    type: VisitType
    start: datetime


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments within a user's scope."""

    def visible_to(self, user: User, permission: Permission = AppointmentPermission.VIEW) -> AppointmentQuerySet:
        """Appointments at the centres the permission reaches; for doctors their own."""
        owners = ("doctor_id", "customer__doctor_id", "customer__health_manager_id")
        return self.filter(scope(user, permission, node="node_id", owners=owners) & in_use(user, "customer__"))

    def occupying(self, span: Range[datetime]) -> AppointmentQuerySet:
        """What takes a doctor, a room or equipment, buffers included, at some moment of a period."""
        return self.alias(held=HELD).filter(held__overlap=span, status__in=OCCUPYING)

    def on_days(self, first: date, last: date) -> AppointmentQuerySet:
        """Those of these days. None goes over midnight, so they are found by their beginning, for which there are indexes."""
        begin, end = (datetime.combine(day, time(), SHANGHAI) for day in (first, last + timedelta(days=1)))
        return self.filter(during__startswith__gte=begin, during__startswith__lt=end)

    def standing(self, at: datetime) -> AppointmentQuerySet:
        """Without the held slots whose time has run out."""
        return self.exclude(expires_at__lte=at)

    def kept_for(self, customer: Customer) -> AppointmentQuerySet:
        """Slots held for a customer, or for somebody of whom nothing was known."""
        return self.filter(Q(customer=customer) | Q(customer__isnull=True), status=AppointmentStatus.HELD)


_Manager = models.Manager.from_queryset(AppointmentQuerySet)


class Bookings(_Manager["Appointment"]):
    """Bookings as people speak of them, each with its item: without the slots that are only held, so each has a customer."""

    def get_queryset(self) -> AppointmentQuerySet:
        rows = AppointmentQuerySet(self.model, using=self._db).exclude(status=AppointmentStatus.HELD)
        return rows.select_related("type")


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
    `reach` is that time with its buffers and the way to another centre after it: two bookings of a doctor at different places must not reach each other.
    A held slot has `expires_at`, and `holder` where one person may hold only one; only there the customer may still be unknown
    (the column takes NULL by a migration, the constraint `appointment_of_somebody` says where: ADR 0009).
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="appointments")
    doctor = models.ForeignKey(USER, models.PROTECT, related_name="appointments")
    node = models.ForeignKey(Node, models.PROTECT, related_name="appointments", db_index=False)
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="+")
    equipment = models.ForeignKey(Equipment, models.PROTECT, null=True, related_name="+")
    type = models.ForeignKey(
        VisitType, models.PROTECT, to_field="code", db_column="type", related_name="+", verbose_name=_("事项"), db_index=False
    )  # fmt: skip
    during = DateTimeRangeField()
    blocked = DateTimeRangeField(null=True)
    reach = DateTimeRangeField()
    session = models.BigIntegerField(null=True)
    seat = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=AppointmentStatus.choices, default=AppointmentStatus.BOOKED)
    channel = models.CharField(_("来源"), max_length=10, choices=Channel.choices, default=Channel.ON_SITE)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    booked_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    ended_reason = models.CharField(max_length=200, blank=True)
    sequence = models.PositiveSmallIntegerField(default=0, db_default=0)
    request_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    expires_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=64, blank=True, default="", db_default="")

    objects = Bookings()
    with_holds = AppointmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-id"], name="appointment_customer"),
            models.Index(fields=["expires_at"], name="appointment_held", condition=Q(status=AppointmentStatus.HELD)),
            models.Index(RangeStartsWith("during"), "id", name="appointment_starts"),
            models.Index("node", RangeStartsWith("during"), "id", name="appointment_of_node"),
        ]
        constraints = [
            ExclusionConstraint(
                name="appointment_time_to_travel",
                expressions=[
                    ("doctor", RangeOperators.EQUAL),
                    ("node", RangeOperators.NOT_EQUAL),
                    ("reach", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=OCCUPYING),
            ),
            models.UniqueConstraint(
                fields=["booked_by", "request_key"], name="appointment_once", condition=~Q(request_key="")
            ),
            models.UniqueConstraint(
                fields=["holder"],
                name="appointment_one_hold",
                condition=Q(status=AppointmentStatus.HELD) & ~Q(holder=""),
            ),
            models.CheckConstraint(
                name="appointment_of_somebody", condition=Q(customer__isnull=False) | Q(status=AppointmentStatus.HELD)
            ),
            models.CheckConstraint(
                name="appointment_hold_expires",
                condition=Q(status=AppointmentStatus.HELD, expires_at__isnull=False)
                | (~Q(status=AppointmentStatus.HELD) & Q(expires_at__isnull=True)),
            ),
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
    def where(self) -> Where:
        """What a move may change."""
        return Where(self.doctor, self.node, self.type, self.start)

    @property
    def can_reopen(self) -> bool:
        """Whether something was said of the visit that can be taken back."""
        return self.status in REOPENED_TO

    @property
    def shown(self) -> Status:
        """The status as colour, icon and word."""
        tone, icon = TONES[AppointmentStatus(self.status)]
        return Status(tone, icon, self.get_status_display())


class AppointmentChange(models.Model):
    """What happened to a booking: moved from when to when, or a new status, by whom and why. Never changed.

    What a move left as it was stays empty; `on_us`: the centre asked for the move, so it counts for no limit.
    """

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="changes")
    status = models.CharField(max_length=10, choices=AppointmentStatus.choices)
    before = models.DateTimeField(null=True)
    after = models.DateTimeField(null=True)
    doctor_before = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    node_before = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+")
    type_before = models.CharField(max_length=20, blank=True, default="", db_default="")
    on_us = models.BooleanField(default=False, db_default=False)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
