"""What the customer of a booking was told, once each (APT-006, APT-007)."""

from __future__ import annotations

from django.db import models

from kefu.appointments.choices import ToldKind
from kefu.appointments.models.bookings import Appointment
from kefu.messaging.models import Message


class Told(models.Model):
    """One thing told about one step of a booking: `sequence` is the change of the booking it tells of, `said` what it named."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="told")
    kind = models.CharField(max_length=12, choices=ToldKind.choices)
    sequence = models.BigIntegerField()
    day = models.DateField()
    said = models.JSONField()
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "kind", "day", "sequence"], name="appointment_told_once"),
        ]
        indexes = [models.Index(fields=["day"], name="appointment_reminded", condition=models.Q(kind="reminder"))]
