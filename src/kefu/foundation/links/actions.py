"""Giving a link, using it once, calling it back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from kefu.foundation.audit.trail import Subject, within_action
from kefu.foundation.links.models import Link
from kefu.foundation.links.queries import digest_of, open_link, open_links
from kefu.kernel.errors import Refused

RANDOM_BYTES = 24


@within_action
def give_link(*, purpose: str, subject: Subject, lasts: timedelta, at: datetime) -> str:
    """The words of a new link, told only to whom it is for; older ones of the purpose end."""
    end_links(subject=subject, purposes=frozenset({purpose}), at=at)
    token = secrets.token_urlsafe(RANDOM_BYTES)
    Link.objects.create(
        digest=digest_of(token), purpose=purpose, subject_kind=subject.kind, subject_id=subject.id, made_at=at,
        expires_at=at + lasts,
    )  # fmt: skip
    return token


@within_action
def use_link(*, token: str, purposes: frozenset[str], at: datetime) -> Link:
    """Use a link up; of two at the same moment one succeeds. Raises Refused `link_over`."""
    link = open_link(token, purposes, at)
    if link is None or not open_links(at).filter(pk=link.pk).update(used_at=at):
        raise Refused("link_over", _("这个链接已经用过或过期了，请再要一个。"))
    return link


@within_action
def end_links(*, subject: Subject, purposes: frozenset[str], at: datetime) -> int:
    """Call back the open links of a subject; answers how many."""
    mine = open_links(at).filter(subject_kind=subject.kind, subject_id=subject.id, purpose__in=purposes)
    return mine.update(ended_at=at)
