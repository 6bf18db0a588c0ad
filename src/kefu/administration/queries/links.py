"""The links with which passwords are chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from kefu.foundation.links.models import Link
from kefu.foundation.links.queries import open_link
from kefu.foundation.outbox.transports import transport
from kefu.organisation.models import User

INVITATION: Final = "administration.invitation"
RESET: Final = "administration.reset"
PURPOSES: Final = frozenset({INVITATION, RESET})
MAIL: Final = "email"


def can_mail() -> bool:
    """Whether this installation has a mail server."""
    return transport(MAIL) is not None


def person_behind(token: str, at: datetime) -> tuple[User, bool] | None:
    """Whose password a link sets, and whether it is the first one; None for a link that is over."""
    link = open_link(token, PURPOSES, at)
    user = person_of(link).first() if link else None
    return (user, link.purpose == INVITATION) if link and user else None


def person_of(link: Link) -> QuerySet[User]:
    """The account a link belongs to; none where it is closed."""
    return User.objects.filter(is_active=True, is_system=False, pk=link.subject_id)
