"""Which links still open something."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import QuerySet

from kefu.foundation.audit.trail import Subject
from kefu.foundation.links.models import Link

LONGEST = 200


def open_link(token: str, purposes: frozenset[str], at: datetime) -> Link | None:
    """The link of these words if it still opens one of the purposes; looking at it does not use it up."""
    return open_links(at).filter(digest=digest_of(token[:LONGEST]), purpose__in=purposes).first()


def open_links(at: datetime) -> QuerySet[Link]:
    """Links that were neither used nor called back, and whose time has not run out."""
    return Link.objects.filter(used_at__isnull=True, ended_at__isnull=True, expires_at__gt=at)


def made_since(subject: Subject, purpose: str, since: datetime) -> int:
    """How many links of a purpose a subject was given since a moment, whatever became of them."""
    return Link.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, purpose=purpose, made_at__gte=since
    ).count()


def digest_of(token: str) -> str:
    """What is kept of a link's words: they are random enough to need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
