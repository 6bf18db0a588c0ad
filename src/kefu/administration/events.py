"""What administration tells the modules above."""

from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User


@dataclass(frozen=True)
class UserDeactivated:
    """Somebody's account was closed; what he or she owned waits for another."""

    user_id: int
    by: User
    at: datetime


@dataclass(frozen=True)
class UserReactivated:
    """A closed account works again; why is in the words of whoever opened it."""

    user_id: int
    reason: str
    by: User
    at: datetime


@dataclass(frozen=True)
class NodeClosed:
    """A place was closed."""

    node_id: int
    by: User
    at: datetime
