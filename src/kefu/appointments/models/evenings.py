"""What is done before leaving: files of the coming day prepared, doctors and health managers reminded (APT-016)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import Reminded
from kefu.appointments.models.bookings import Appointment
from kefu.organisation.models import Node

USER = settings.AUTH_USER_MODEL


class PreparedFile(models.Model):
    """Somebody got the customer's file ready for a booking."""

    appointment = models.OneToOneField(Appointment, models.CASCADE, related_name="prepared")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class EveningReminder(models.Model):
    """A colleague was told once of a coming day, by whom, or by the clock: a doctor of the bookings at whatever centres, a health
    manager of the files of one centre."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    day = models.DateField(_("日期"))
    role = models.CharField(max_length=8, choices=Reminded.choices)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    bookings = models.PositiveSmallIntegerField()
    automatic = models.BooleanField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day"], condition=Q(role=Reminded.DOCTOR), name="evening_doctor_once"
            ),
            models.UniqueConstraint(
                fields=["user", "day", "node"], condition=Q(role=Reminded.MANAGER), name="evening_manager_once"
            ),
        ]
