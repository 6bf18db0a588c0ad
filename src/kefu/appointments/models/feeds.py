"""Calendars outside the house: a secret address of a doctor's or a room's bookings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kefu.organisation.models import Room

USER = settings.AUTH_USER_MODEL
OPEN = Q(ended_at__isnull=True)


class CalendarFeed(models.Model):
    """An address at which a calendar program reads the bookings of a doctor or a room; only the digest of its secret is kept.

    `fetches` counts since `counted_from`, so that nobody asks too often.
    """

    doctor = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    counted_from = models.DateTimeField(null=True)
    fetches = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(doctor__isnull=False) ^ Q(room__isnull=False), name="calendar_feed_of_one"
            ),
            models.UniqueConstraint(fields=["doctor"], condition=OPEN, name="calendar_feed_one_of_doctor"),
            models.UniqueConstraint(fields=["room"], condition=OPEN, name="calendar_feed_one_of_room"),
        ]
