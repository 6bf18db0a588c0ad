"""The second factor of people: who has one, who must have one."""

from __future__ import annotations

from datetime import datetime

from kefu.administration.limits import SECOND_FACTOR_ROLES
from kefu.administration.rules import role_codes
from kefu.foundation.access.queries import access_of
from kefu.organisation.models import RecoveryCode, SecondFactor, User


def has_factor(user: User) -> bool:
    """Whether a code is asked at the login."""
    return SecondFactor.objects.filter(user=user).exists()


def must_have_factor(user: User, at: datetime) -> bool:
    """Whether one of the person's roles is among those that the house wants secured."""
    return bool(role_codes(SECOND_FACTOR_ROLES.on(at)) & access_of(user).roles)


def codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()
