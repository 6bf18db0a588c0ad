"""Calendars outside the house: the page on which their secret addresses are made and called back, and the feed itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from kefu.appointments.actions.feeds import HOUR, count_fetch, end_feed, make_feed
from kefu.appointments.ical import feed_calendar
from kefu.appointments.limits import FEED_BACK_DAYS, FEED_NAMES
from kefu.appointments.models import CalendarFeed
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.feeds import feed_named, feed_rows, kept_nodes, open_feeds
from kefu.appointments.views.choosing import doctors_of
from kefu.foundation.access.decorators import needs, public
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page
from kefu.organisation.models import Room, User


@dataclass(frozen=True)
class Line:
    """Somebody or something with a calendar, and the feed of it, if there is one."""

    name: str
    note: str
    make: str
    feed: CalendarFeed | None


@require_GET
@needs(AppointmentPermission.SCHEDULE)
def feeds(request: StaffRequest) -> HttpResponse:
    """Which calendars may be subscribed to: one's own, or those of the centres whose schedules one keeps."""
    return _page(request)


@require_POST
@needs(AppointmentPermission.SCHEDULE)
def of_doctor(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A new address for a doctor's calendar, shown this once."""
    doctor = get_object_or_404(User.objects.filter(pk__in=[one.pk for one in _doctors(request.user)]), pk=pk)
    return _made(request, make_feed(doctor=doctor, by=request.user, at=request.at), doctor.name)


@require_POST
@needs(AppointmentPermission.SCHEDULE)
def of_room(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A new address for a room's calendar, shown this once."""
    room = get_object_or_404(Room.objects.filter(node__in=kept_nodes(request.user)), pk=pk)
    return _made(request, make_feed(room=room, by=request.user, at=request.at), room.label)


@require_POST
@needs(AppointmentPermission.SCHEDULE)
def ending(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Call an address back."""
    feed = get_object_or_404(open_feeds().select_related("doctor", "room"), pk=pk)
    return act(request, lambda: end_feed(feed=feed, by=request.user, at=request.at),
               success=_("这个地址已作废，订阅它的日历不再更新。"), to=reverse("appointments:feeds"))  # fmt: skip


@public
@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The bookings behind a secret address, for calendar programs; no login, no more than the house lets out."""
    feed, at = feed_named(secret), now(request)
    if feed is None:
        return _refused(404)
    if not count_fetch(feed=feed, by=feed.doctor or feed.made_by, at=at):
        return _refused(429, {"Retry-After": str(int(HOUR.total_seconds()))})
    with translation.override((feed.doctor or feed.made_by).language):
        title = feed.doctor.name if feed.doctor else feed.room.label if feed.room else ""
        body = feed_calendar(
            title, feed_rows(feed, at), site=request.build_absolute_uri("/").rstrip("/"), names=FEED_NAMES.on(at)
        )
    return _conditional(request, body)


def _refused(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    """No words and no line in the log: the address is the secret."""
    response = HttpResponse(status=status, content_type="text/plain", headers=headers)
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _conditional(request: HttpRequest, body: bytes) -> HttpResponse:
    """The calendar, or that nothing is new."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    whole = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    whole.headers["ETag"] = etag
    whole.headers["Content-Disposition"] = 'inline; filename="kefu.ics"'
    response = get_conditional_response(request, etag=etag, response=whole) or whole
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _made(request: StaffRequest, secret: str, name: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("appointments:calendar", args=[secret]))
    response = _page(request, address=address, name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(request: StaffRequest, **extra: object) -> HttpResponse:
    nodes = kept_nodes(request.user)
    found = open_feeds().select_related("doctor", "room", "made_by")
    by_doctor, by_room = {one.doctor_id: one for one in found}, {one.room_id: one for one in found}
    lines = [
        Line(one.name, one.node.label, reverse("appointments:feed_of_doctor", args=[one.pk]), by_doctor.get(one.pk))
        for one in _doctors(request.user)
    ]
    rooms = Room.objects.filter(node__in=nodes).select_related("node").order_by("node__code", "code")
    lines += [
        Line(one.label, one.node.label, reverse("appointments:feed_of_room", args=[one.pk]), by_room.get(one.pk))
        for one in rooms
    ]
    context = {"lines": lines, "names": FEED_NAMES.on(request.at), "back": FEED_BACK_DAYS.on(request.at)}
    return page(request, "appointments/feeds.html", context | extra)


def _doctors(user: User) -> list[User]:
    """Oneself, as a doctor, and the doctors who belong to the centres whose schedules one keeps."""
    nodes = kept_nodes(user)
    kept = doctors_of(nodes).filter(node__in=nodes).select_related("node").order_by("job_number")
    own = [user] if "doctor" in access_of(user).roles else []
    return own + [one for one in kept if one.pk != user.pk or not own]
