"""Requests for a booking, by whatever way they come; somebody of the centre answers within two working hours (APT-001, APT-004, APT-012)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import REQUEST_TONES, WAITING, Channel, RequestState
from kefu.appointments.models.bookings import Appointment
from kefu.appointments.models.types import VisitType
from kefu.appointments.permissions import AppointmentPermission
from kefu.customers.models import ConsentText, Customer
from kefu.customers.scopes import in_use
from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.ui.inputs import Status
from kefu.organisation.choices import Sex
from kefu.organisation.models import Node, User

USER = settings.AUTH_USER_MODEL


class RequestQuerySet(models.QuerySet["AppointmentRequest"]):
    """Requests within a user's scope."""

    def visible_to(self, user: User, permission: Permission = AppointmentPermission.VIEW) -> RequestQuerySet:
        """Requests at the centres the permission reaches; for doctors those that wish for them or come from their customers."""
        owners = ("doctor_id", "customer__doctor_id", "customer__health_manager_id")
        return self.filter(scope(user, permission, node="node_id", owners=owners) & in_use(user, "customer__"))


_Manager = models.Manager.from_queryset(RequestQuerySet)


class Requests(_Manager["AppointmentRequest"]):
    """Requests, each with its item."""

    def get_queryset(self) -> RequestQuerySet:
        return RequestQuerySet(self.model, using=self._db).select_related("type")


class AppointmentRequest(models.Model):
    """Somebody asks for a visit, or for another time of one: a customer, or a person who is not in the archive yet."""

    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="appointment_requests", db_index=False
    )
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    sex = models.CharField(_("性别"), max_length=10, choices=Sex.choices, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    about = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="move_requests", db_index=False)
    channel = models.CharField(_("来源"), max_length=10, choices=Channel.choices)
    type = models.ForeignKey(
        VisitType, models.PROTECT, to_field="code", db_column="type", related_name="+", verbose_name=_("事项"), db_index=False
    )  # fmt: skip
    node = models.ForeignKey(Node, models.PROTECT, related_name="+", verbose_name=_("中心"), db_index=False)
    doctor = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", verbose_name=_("医生"), db_index=False
    )
    wished = models.DateTimeField(_("想约的时间"), null=True)
    wish = models.CharField(_("客户的话"), max_length=200, blank=True)
    consent_text = models.ForeignKey(ConsentText, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.REQUESTED)
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)  # when it was found that the answer is late
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="requests", db_index=False)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)

    objects = Requests()

    class Meta:
        indexes = [
            models.Index(fields=["node", "due_at", "id"], name="request_waiting", condition=Q(state__in=WAITING)),
            models.Index(fields=["customer", "-id"], name="request_of_customer"),
            models.Index(fields=["phone", "-id"], name="request_of_phone"),
            models.Index(fields=["node", "-id"], name="request_of_node"),
        ]
        constraints = [
            models.CheckConstraint(
                name="request_names_somebody",
                condition=Q(customer__isnull=False) | (~Q(name="") & ~Q(phone="")) | ~Q(state__in=WAITING),
            ),
            models.CheckConstraint(
                name="request_booked_has_booking",
                condition=~Q(state=RequestState.BOOKED) | Q(appointment__isnull=False, customer__isnull=False),
            ),
        ]

    @property
    def called(self) -> str:
        """The name of who asks; reads the customer where there is one."""
        return self.customer.name if self.customer else self.name

    @property
    def sex_word(self) -> str:
        """The sex of who asks, as a word; empty while unknown."""
        sex = self.customer.sex if self.customer else self.sex
        return str(Sex(sex).label) if sex else ""

    @property
    def waits(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in WAITING

    @property
    def shown(self) -> Status:
        """The state as colour, icon and word."""
        tone, icon = REQUEST_TONES[RequestState(self.state)]
        return Status(tone, icon, self.get_state_display())

    def late(self, at: datetime) -> bool:
        """The breach flag: the first answer came, or is still missing, after it was due (APT-012)."""
        return (self.answered_at or at) > self.due_at


class RequestStep(models.Model):
    """What happened to a request, by whom and why. Never changed. `read_back`: item and time were read to the customer first (APT-013)."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=RequestState.choices)
    reason = models.CharField(max_length=200, blank=True)
    read_back = models.BooleanField(default=False)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    @property
    def shown(self) -> Status:
        """The step as colour, icon and word."""
        tone, icon = REQUEST_TONES[RequestState(self.state)]
        return Status(tone, icon, self.get_state_display())


class OfferedTime(models.Model):
    """A time the customer may choose instead, until when it counts. Never changed: a later offer has rows of its own (APT-013)."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="offers")
    doctor = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    start = models.DateTimeField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "doctor", "start", "at"], name="offered_time_once"),
            models.CheckConstraint(condition=Q(until__gt=models.F("at")), name="offered_time_lasts"),
        ]
