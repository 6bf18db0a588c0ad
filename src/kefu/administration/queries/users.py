"""Accounts as the administrator meets them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.queries import scope
from kefu.organisation.models import Grant, User


def users_for(
    reader: User, at: datetime, *, words: str = "", node_id: int | None = None, state: str = "active"
) -> QuerySet[User]:
    """People the reader administers, by job number; `state` is active, closed or locked."""
    found = User.objects.filter(
        scope(reader, AdministrationPermission.USER_VIEW, node="node_id"), is_system=False
    ).select_related("node")
    if words:
        found = found.filter(
            Q(name__contains=words)
            | Q(job_number__startswith=words)
            | Q(username__startswith=words.lower())
            | Q(pinyin__startswith=words.lower())
            | Q(initials__startswith=words.lower())
        )
    if node_id is not None:
        found = found.filter(node_id=node_id)
    closed = Q(is_active=False) if state == "closed" else Q(is_active=True)
    found = found.filter(Q(locked_until__gt=at) if state == "locked" else closed)
    grants = Grant.objects.select_related("role", "node").order_by("role_id")
    return found.prefetch_related(Prefetch("grants", queryset=grants))


def is_locked(user: User, at: datetime) -> bool:
    """Whether too many wrong passwords keep the account closed at that moment."""
    return user.locked_until is not None and user.locked_until > at
