"""Customers for whom nothing suits yet wait for a time to become free, in the order in which they came (APT-004, APT-013)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import ON_WAITLIST, WAIT_TONES, Channel, PartOfDay, PlaceAnswer, WaitState
from kefu.appointments.models.bookings import Appointment
from kefu.appointments.models.types import VisitType
from kefu.appointments.permissions import AppointmentPermission
from kefu.customers.choices import Stage
from kefu.customers.models import Customer
from kefu.customers.scopes import in_use
from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.outbox.choices import LEFT, STOPPED, State
from kefu.foundation.ui.inputs import Status
from kefu.messaging.models import Message
from kefu.organisation.models import Node, User

USER = settings.AUTH_USER_MODEL
UNDONE = STOPPED | {State.CANCELLED}


_FITTING = """
    EXISTS (
        SELECT 1 FROM unnest(%s::text[], %s::bigint[], %s::timestamptz[], %s::date[], %s::time[], %s::text[], %s::boolean[])
            AS free (type, doctor, start, day, hour, part, online)
        WHERE free.type = appointments_waitlistentry.type
        AND (appointments_waitlistentry.doctor_id IS NULL OR free.doctor = appointments_waitlistentry.doctor_id)
        AND free.day BETWEEN appointments_waitlistentry.first AND appointments_waitlistentry.last
        AND (appointments_waitlistentry.hour IS NULL OR free.hour = appointments_waitlistentry.hour)
        AND (cardinality(appointments_waitlistentry.parts) = 0 OR free.part = ANY (appointments_waitlistentry.parts))
        AND (appointments_waitlistentry.channel <> 'online' OR free.online)
        AND NOT EXISTS (
            SELECT 1 FROM appointments_offeredplace had
            WHERE had.entry_id = appointments_waitlistentry.id AND had.doctor_id = free.doctor AND had.start = free.start
        )
    )
"""
"""Whether one of the free times is among those waited for and was not offered before."""


@dataclass(frozen=True)
class FreeTime:
    """A time that is free for a type of visit; `online`: of a doctor whom customers book by themselves."""

    type: str
    doctor_id: int
    start: datetime
    online: bool

    @property
    def row(self) -> tuple[object, ...]:
        """As the database compares it with what is waited for."""
        local = timezone.localtime(self.start)
        return (
            self.type,
            self.doctor_id,
            self.start,
            local.date(),
            local.time(),
            PartOfDay.of(self.start).value,
            self.online,
        )


class WaitlistQuerySet(models.QuerySet["WaitlistEntry"]):
    """Entries within a user's scope."""

    def visible_to(self, user: User, permission: Permission = AppointmentPermission.VIEW) -> WaitlistQuerySet:
        """Entries at the centres the permission reaches; for doctors those who wait for them or are their customers."""
        owners = ("doctor_id", "customer__doctor_id", "customer__health_manager_id")
        return self.filter(scope(user, permission, node="node_id", owners=owners) & in_use(user, "customer__"))

    def open(self) -> WaitlistQuerySet:
        """Those who still wait."""
        return self.filter(state__in=ON_WAITLIST)

    def served(self) -> WaitlistQuerySet:
        """Those of customers for whom something may be planned."""
        rows = self.exclude(customer__stage=Stage.CLOSED)
        return rows.filter(customer__restricted_at__isnull=True, customer__erased_at__isnull=True)

    def fitting(self, free: Iterable[FreeTime]) -> WaitlistQuerySet:
        """Those whom one of these times would suit and who did not have it before; their days, part of the day, hour, doctor and item."""
        columns = [list(column) for column in zip(*(one.row for one in free), strict=True)]
        if not columns:
            return self.none()
        return self.filter(RawSQL(_FITTING, columns, output_field=models.BooleanField()))  # noqa: S611  our own text, values bound


_Manager = models.Manager.from_queryset(WaitlistQuerySet)


class Waitlist(_Manager["WaitlistEntry"]):
    """Entries, each with its item."""

    def get_queryset(self) -> WaitlistQuerySet:
        return WaitlistQuerySet(self.model, using=self._db).select_related("type")


class WaitlistEntry(models.Model):
    """A customer waits for a time at a centre, of one doctor or any, on some days, in some parts of the day or at one hour only."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="waitlist_entries", db_index=False)
    type = models.ForeignKey(
        VisitType, models.PROTECT, to_field="code", db_column="type", related_name="+", verbose_name=_("事项"), db_index=False
    )  # fmt: skip
    node = models.ForeignKey(Node, models.PROTECT, related_name="+", verbose_name=_("中心"), db_index=False)
    doctor = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", verbose_name=_("医生"), db_index=False
    )
    first = models.DateField(_("从哪天起"))
    last = models.DateField(_("到哪天"))
    parts = ArrayField(models.CharField(max_length=10, choices=PartOfDay.choices), default=list, blank=True)
    hour = models.TimeField(_("几点"), null=True, blank=True)
    channel = models.CharField(_("来源"), max_length=10, choices=Channel.choices)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=WaitState.choices, default=WaitState.WAITING)
    since = models.DateTimeField()
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, related_name="waitlist_entries", db_index=False
    )
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)

    objects = Waitlist()

    class Meta:
        indexes = [
            models.Index(fields=["node", "since", "id"], name="waitlist_queue", condition=Q(state__in=ON_WAITLIST)),
            models.Index(fields=["node", "-since", "-id"], name="waitlist_of_node"),
            models.Index(fields=["customer", "-id"], name="waitlist_of_customer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "type", "node", "doctor"], name="waitlist_once",
                condition=Q(state__in=ON_WAITLIST), nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="waitlist_days_in_order"),
            models.CheckConstraint(
                condition=~Q(state=WaitState.BOOKED) | Q(appointment__isnull=False), name="waitlist_booked_has_booking"
            ),
        ]  # fmt: skip

    @property
    def waits(self) -> bool:
        """Whether somebody still waits."""
        return self.state in ON_WAITLIST

    @property
    def shown(self) -> Status:
        """The state as colour, icon and word."""
        tone, icon = WAIT_TONES[WaitState(self.state)]
        return Status(tone, icon, self.get_state_display())


class WaitlistStep(models.Model):
    """What happened to an entry, by whom and why. Never changed."""

    entry = models.ForeignKey(WaitlistEntry, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=WaitState.choices)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    @property
    def shown(self) -> Status:
        """The step as colour, icon and word."""
        tone, icon = WAIT_TONES[WaitState(self.state)]
        return Status(tone, icon, self.get_state_display())


class OfferedPlace(models.Model):
    """A time that became free, held until then for who waits, and what became of it. The same time is offered to nobody twice."""

    entry = models.ForeignKey(WaitlistEntry, models.CASCADE, related_name="places")
    doctor = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    start = models.DateTimeField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=PlaceAnswer.choices, default=PlaceAnswer.OPEN)
    answered_at = models.DateTimeField(null=True)
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "doctor", "start"], name="offered_place_once"),
            models.UniqueConstraint(
                fields=["entry"], name="offered_place_one_open", condition=Q(answer=PlaceAnswer.OPEN)
            ),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="offered_place_lasts"),
            models.CheckConstraint(
                condition=Q(answer=PlaceAnswer.OPEN, answered_at__isnull=True)
                | (~Q(answer=PlaceAnswer.OPEN) & Q(answered_at__isnull=False)),
                name="offered_place_answered",
            ),
        ]

    @property
    def key(self) -> str:
        """As whose holder the time is held."""
        return f"waitlist:{self.pk}"

    @property
    def news(self) -> Message | None:
        """The message that tells of it, or the one that went instead where WeChat turned it away."""
        return getattr(self.message, "replacement", None) or self.message

    @property
    def told(self) -> bool:
        """Whether the message has left."""
        return self.news is not None and self.news.state in LEFT

    @property
    def to_call(self) -> bool:
        """Whether the customer has to be called: no message leaves, or none before the time is passed on."""
        outbox = self.news.outbox if self.news else None
        if outbox is None or outbox.state in UNDONE:
            return True
        return outbox.state == State.PENDING and outbox.next_try_at >= self.until

    def counts(self, at: datetime) -> bool:
        """Whether it may still be taken."""
        return self.answer == PlaceAnswer.OPEN and self.until > at
