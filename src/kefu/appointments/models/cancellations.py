"""Why a booking was cancelled, and whether it was told in time (APT-008)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from kefu.appointments.cancel_reasons import reason_label, reasons
from kefu.appointments.models.bookings import Appointment

USER = settings.AUTH_USER_MODEL


class Cancellation(models.Model):
    """A cancelled booking's reason by its code in the shipped list; `late`: with less notice than the standard asks for."""

    appointment = models.OneToOneField(Appointment, models.CASCADE, related_name="cancellation")
    code = models.CharField(max_length=40)
    late = models.BooleanField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    @property
    def why(self) -> str:
        """The reason in words."""
        return reason_label(self.code)

    @property
    def said(self) -> str:
        """What is kept as the reason where nobody wrote words of his own."""
        return reasons()[self.code].said if self.code in reasons() else ""
