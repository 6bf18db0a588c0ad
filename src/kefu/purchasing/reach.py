"""How far somebody sees by one right or another."""

from __future__ import annotations

from django.db.models import Q

from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User


def by_any(user: User, *permissions: Permission, node: str) -> Q:
    """The condition for what the user reaches by at least one of the rights; no condition where one of them reaches everywhere."""
    conditions = [scope(user, permission, node=node) for permission in permissions]
    if not all(conditions):
        return Q()
    reached = conditions[0]
    for condition in conditions[1:]:
        reached |= condition
    return reached
