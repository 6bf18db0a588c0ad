"""What calendar programs outside the house are told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from kefu.appointments.choices import COUNTED
from kefu.appointments.limits import FEED_BACK_DAYS, HORIZON
from kefu.appointments.models import Appointment, CalendarFeed
from kefu.appointments.permissions import AppointmentPermission
from kefu.foundation.access.queries import access_of
from kefu.foundation.links.queries import digest_of
from kefu.organisation.models import Node, User


def feed_named(secret: str) -> CalendarFeed | None:
    """The feed of a secret, unless it was called back, or its doctor or whoever made it works here no longer."""
    rows = CalendarFeed.objects.filter(digest=digest_of(secret), ended_at__isnull=True, made_by__is_active=True)
    return rows.exclude(doctor__is_active=False).select_related("doctor", "room__node", "made_by").first()


def feed_rows(feed: CalendarFeed, at: datetime) -> QuerySet[Appointment]:
    """The bookings of its doctor or room, cancelled ones too, without customers whose data rests; with when each last changed."""
    rows = with_changes(Appointment.objects.filter(status__in=COUNTED, customer__restricted_at__isnull=True, customer__erased_at__isnull=True))  # fmt: skip
    rows = rows.filter(doctor=feed.doctor_id) if feed.doctor_id else rows.filter(room=feed.room_id)
    if feed.made_by_id != feed.doctor_id:  # made by who keeps schedules: no more than is seen there now
        rows = rows.filter(node__in=kept_nodes(feed.made_by))
    since, until = at - timedelta(days=FEED_BACK_DAYS.on(at)), at + timedelta(days=HORIZON.on(at) + 1)
    rows = rows.filter(during__startswith__gte=since, during__startswith__lt=until)
    return rows.select_related("customer", "node", "room").order_by("during", "pk")


def with_changes(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Bookings with `changed_at`, when their history last grew."""
    return rows.annotate(changed_at=Max("changes__at"))


def open_feeds() -> QuerySet[CalendarFeed]:
    """Those that were not called back."""
    return CalendarFeed.objects.filter(ended_at__isnull=True)


def kept_nodes(user: User) -> QuerySet[Node]:
    """The centres whose clinic schedules the person keeps, own hours aside."""
    access = access_of(user)
    nodes = Node.objects.filter(closed_on__isnull=True).order_by("code")
    return nodes.filter(pk__in=[node.pk for node in nodes if access.may_at(AppointmentPermission.SCHEDULE, node.pk)])
