"""When who waits hears of a free time: by a message once it may leave, whom none reaches on the telephone in working time (APT-013)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from kefu.appointments.limits import WAITLIST_ANSWER_MINUTES
from kefu.customers.models import Customer
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.worktime import WorkCalendar, elapsed
from kefu.messaging.models import Template
from kefu.messaging.queries import current_templates, leaves_at, open_channels
from kefu.messaging.reaching import reach_of
from kefu.messaging.shipped import words
from kefu.organisation.models import Node

TEMPLATE = "appt_waitlist_open"


@dataclass(frozen=True)
class Hearing:
    """Who is reached by a message written now and when it leaves, and when the centre could call the others."""

    at: datetime
    leaves: datetime
    calendar: WorkCalendar
    by_message: frozenset[int]
    enough: timedelta

    def in_time(self, customer_id: int, until: datetime) -> bool:
        """Whether the customer would know of a time kept until then early enough to answer."""
        if customer_id in self.by_message:
            return until - self.leaves >= self.enough
        return until > self.at and elapsed(self.calendar, self.at, until) >= self.enough


def hearing_of(customers: Collection[Customer], node: Node, at: datetime) -> Hearing:
    """How these customers would hear of a time that a centre offers now."""
    template = current_templates().filter(code=TEMPLATE).first() or Template(**asdict(words()[TEMPLATE]))
    open_now = open_channels(template.channels)
    reached = reach_of(customers, template, open_now)
    by_message = frozenset(pk for pk, one in reached.items() if one.withheld is None and one.channel in open_now)
    enough = timedelta(minutes=WAITLIST_ANSWER_MINUTES.on(at, node_id=node.pk))
    return Hearing(at, leaves_at(template, at), calendar_for(node), by_message, enough)
