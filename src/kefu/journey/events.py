"""Facts about journeys for the modules above."""

from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User


@dataclass(frozen=True)
class NodeReached:
    """A journey has come to a node: it is now the turn of that node's roles."""

    journey_id: int
    customer_id: int
    node_code: str
    by: User
    at: datetime


@dataclass(frozen=True)
class JourneyEnded:
    """A journey was closed, or the customer withdrew."""

    journey_id: int
    customer_id: int
    withdrawn: bool
    reason: str
    by: User
    at: datetime
