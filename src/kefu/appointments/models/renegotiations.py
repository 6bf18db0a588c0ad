"""Bookings whose time the timetable took away, and what was decided about each: none is dropped silently (APT-019)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import Cause, Settlement
from kefu.appointments.models.bookings import Appointment
from kefu.organisation.models import User

USER = settings.AUTH_USER_MODEL


class RenegotiationQuerySet(models.QuerySet["Renegotiation"]):
    """Renegotiations within a user's scope."""

    def visible_to(self, user: User) -> RenegotiationQuerySet:
        """Those of the bookings the user may see: the centre's, and a doctor's own."""
        return self.filter(appointment__in=Appointment.objects.visible_to(user))


class Renegotiation(models.Model):
    """A booking hit by a change of the timetable: the time it had, why, and what came of it."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="renegotiations")
    cause = models.CharField(_("原因"), max_length=8, choices=Cause.choices)
    reason = models.CharField(max_length=200, blank=True)
    start = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Settlement.choices, default=Settlement.OPEN)
    opened_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    settled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = RenegotiationQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(outcome=Settlement.OPEN), name="renegotiation_open_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome=Settlement.OPEN, settled_at__isnull=True)
                | ~Q(outcome=Settlement.OPEN) & Q(settled_at__isnull=False),
                name="renegotiation_settled",
            ),
        ]
