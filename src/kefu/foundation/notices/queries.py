"""What is on a colleague's bell."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from kefu.foundation.notices.models import Notice
from kefu.kernel.ids import parse_number
from kefu.organisation.models import User

PAGE = 50
COUNTED = 100


@dataclass(frozen=True)
class Page:
    """Some notices, latest first, and where the older ones begin (empty at the end)."""

    rows: list[Notice]
    next: str


def unread(user: User) -> QuerySet[Notice]:
    """The colleague's unread notices, latest first."""
    return Notice.objects.filter(user=user, read_at__isnull=True).order_by("-id")


def unread_count(user: User) -> int:
    """How many notices wait to be read."""
    return unread(user).count()


def bell_count(user: User) -> int:
    """The same for the bell on every page, counted up to a hundred."""
    return unread(user).order_by()[:COUNTED].count()


def latest(user: User, limit: int = 10) -> list[Notice]:
    """The colleague's latest notices, read or not."""
    return list(Notice.objects.filter(user=user).order_by("-id")[:limit])


def page(user: User, after: str = "", *, only_unread: bool = False) -> Page:
    """Fifty notices older than the one named `after`; a name that is no number starts at the latest."""
    notices = unread(user) if only_unread else Notice.objects.filter(user=user).order_by("-id")
    if (earlier := parse_number(after)) is not None:
        notices = notices.filter(pk__lt=earlier)
    rows = list(notices[: PAGE + 1])
    return Page(rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else "")
