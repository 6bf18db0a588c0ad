"""Ties the browser's session to the note of where somebody is logged in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import login as start_session
from django.contrib.auth import update_session_auth_hash
from django.core.cache import cache
from django.http import HttpRequest

from kefu.administration.actions.sessions import begin_session
from kefu.administration.devices import address_of, device_of
from kefu.organisation.models import LoginSession, User

KEY = "login_session"
NOTED_EVERY = timedelta(minutes=1)


def sit_down(request: HttpRequest, user: User, at: datetime) -> None:
    """Begin the person's session in this browser."""
    start_session(request, user)
    request.session.save()  # so that it has its key
    begun = begin_session(
        key=_key(request), device=device_of(request.headers.get("User-Agent", "")), address=address_of(request), by=user, at=at
    )  # fmt: skip
    request.session[KEY] = begun.pk


def seat_of(request: HttpRequest) -> int | None:
    """The note of this browser's session, if there is one."""
    found = request.session.get(KEY)
    return found if isinstance(found, int) else None


def stay_seated(request: HttpRequest, user: User) -> None:
    """Go on in this browser, under a new key, after everything begun before has ended."""
    update_session_auth_hash(request, user)
    LoginSession.objects.filter(pk=seat_of(request) or 0).update(key=_key(request))


def note_use(request: HttpRequest, at: datetime) -> None:
    """Note that the screen is being used, to the minute: asked in memory first, since every page comes by here."""
    seat = seat_of(request)
    if seat is None:
        return
    name = f"seat:{seat}"
    noted: datetime | None = cache.get(name)
    if noted is None or at - noted >= NOTED_EVERY:
        LoginSession.objects.filter(pk=seat, last_seen_at__lt=at).update(last_seen_at=at)
        cache.set(name, at, timeout=2 * NOTED_EVERY.seconds)


def _key(request: HttpRequest) -> str:
    key = request.session.session_key
    if key is None:
        raise RuntimeError("a session without a key cannot be noted")
    return key
