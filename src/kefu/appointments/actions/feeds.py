"""Secret addresses for calendar programs: made, shown once, called back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db.models import Case, F, Value, When

from kefu.appointments.limits import FEED_FETCHES
from kefu.appointments.models import CalendarFeed
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.feeds import open_feeds
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.links.queries import digest_of
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import Room, User

RANDOM_BYTES = 24
HOUR = timedelta(hours=1)


@action
def make_feed(*, doctor: User | None = None, room: Room | None = None, by: User, at: datetime) -> str:
    """A new secret for the calendar of a doctor or a room, told this once; the one before ends. For the doctor, and who keeps the schedules."""
    if (doctor is None) == (room is None):
        raise ValueError("a feed is of a doctor or of a room")
    _require(doctor, room, by)
    _hold(doctor, room)
    for old in open_feeds().filter(doctor=doctor, room=room):
        _end(old, by, at)
    secret = secrets.token_urlsafe(RANDOM_BYTES)
    feed = CalendarFeed.objects.create(doctor=doctor, room=room, digest=digest_of(secret), made_by=by, made_at=at)
    _record("made", feed, by, at)
    return secret


@action
def end_feed(*, feed: CalendarFeed, by: User, at: datetime) -> None:
    """Call a secret back: from now on nobody reads anything by it. A second time changes nothing."""
    _require(feed.doctor, feed.room, by)
    _hold(feed.doctor, feed.room)
    found = open_feeds().filter(pk=feed.pk).first()
    if found is None:
        nothing_changed()
        return
    _end(found, by, at)


@action
def count_fetch(*, feed: CalendarFeed, by: User, at: datetime) -> bool:
    """Count that the calendar was asked for; False once that was too often within an hour. Leaves no row in the trail: programs ask all day."""
    fresh = When(counted_from__gt=at - HOUR, then=F("fetches") + 1)
    begun = When(counted_from__gt=at - HOUR, then=F("counted_from"))
    CalendarFeed.objects.filter(pk=feed.pk).update(
        fetches=Case(fresh, default=Value(1)), counted_from=Case(begun, default=Value(at)), fetched_at=at
    )
    nothing_changed()
    return CalendarFeed.objects.values_list("fetches", flat=True).get(pk=feed.pk) <= FEED_FETCHES.on(at)


def _require(doctor: User | None, room: Room | None, by: User) -> None:
    """One's own, or of a place whose schedules one keeps: a doctor's own hours are no right to a colleague's calendar."""
    require(by, AppointmentPermission.SCHEDULE)
    if doctor is not None and doctor.pk == by.pk:
        return
    node_id = doctor.node_id if doctor else room.node_id if room else 0
    if not access_of(by).may_at(AppointmentPermission.SCHEDULE, node_id):
        raise OutOfScope()


def _hold(doctor: User | None, room: Room | None) -> None:
    """Of two who make one at the same moment, the second ends the first one's."""
    if doctor is not None:
        User.objects.select_for_update(no_key=True).get(pk=doctor.pk)
    if room is not None:
        Room.objects.select_for_update(no_key=True).get(pk=room.pk)


def _end(feed: CalendarFeed, by: User, at: datetime) -> None:
    feed.ended_by, feed.ended_at = by, at
    feed.save(update_fields=["ended_by", "ended_at"])
    _record("ended", feed, by, at)


def _record(verb: str, feed: CalendarFeed, by: User, at: datetime) -> None:
    whose = (None, feed.doctor.job_number if feed.doctor else feed.room.code if feed.room else "")
    node_id = feed.doctor.node_id if feed.doctor else feed.room.node_id if feed.room else None
    record(f"appointments.calendar.{verb}", by=by, at=at, subject=Subject("appointments.calendar_feed", feed.pk), node_id=node_id,
           changes={"whose": whose})  # fmt: skip
