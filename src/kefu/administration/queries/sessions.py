"""Where somebody is logged in."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from kefu.organisation.models import LoginSession, User

SHOWN = 10


def open_sessions(user: User) -> QuerySet[LoginSession]:
    """Screens at which somebody is logged in, the one used last first."""
    return LoginSession.objects.filter(_alive(), user=user, ended_at__isnull=True)


def ended_sessions(user: User) -> QuerySet[LoginSession]:
    """The last few that ended, with the reason."""
    return LoginSession.objects.filter(user=user, ended_at__isnull=False).order_by("-ended_at", "-id")[:SHOWN]


def forgotten_by_browser() -> QuerySet[LoginSession]:
    """Noted as open, though the session itself has expired."""
    return LoginSession.objects.filter(~_alive(), ended_at__isnull=True)


def _alive() -> Exists:
    return Exists(Session.objects.filter(session_key=OuterRef("key"), expire_date__gt=Now()))
