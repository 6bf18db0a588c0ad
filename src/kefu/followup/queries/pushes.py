"""Who would get a push and why not, and what came of it (FUP-008)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import override

from kefu.customers.models import Customer
from kefu.customers.queries.finding import HEAVY
from kefu.customers.queries.segments import in_segment
from kefu.followup.birthdays import greetable
from kefu.followup.models import Push
from kefu.followup.permissions import FollowUpPermission
from kefu.foundation.outbox.choices import State
from kefu.messaging.choices import Withheld
from kefu.messaging.composing import compose, house_values, missing_values
from kefu.messaging.limits import SIGNATURE
from kefu.messaging.models import OptOut, Template
from kefu.messaging.queries import open_channels
from kefu.messaging.reaching import reach_of
from kefu.messaging.registering import Registration, unregistered

LOOKED_AT = 1000
"""So many customers are looked through before it starts; the count is of all."""
SAMPLES = 3


@dataclass(frozen=True)
class Forecast:
    """Before it starts: how many are meant, how many of those looked through would get it, why the others not, the first words, and what
    providers have to register before."""

    count: int
    looked_at: int
    reached: int
    withheld: Sequence[tuple[Withheld, int]]
    samples: Sequence[tuple[str, str]]
    unregistered: Sequence[Registration]


@dataclass(frozen=True)
class Outcome:
    """What came of it so far: rows of words and numbers, and how many are done."""

    total: int
    written: int
    states: Sequence[tuple[State, int]]
    withheld: Sequence[tuple[Withheld, int]]
    opted_out: int


def words_of(push: Push) -> Template:
    """The words of a push as they are now."""
    return Template.objects.get(code=push.template, current=True)


def audience(push: Push, at: datetime) -> QuerySet[Customer]:
    """The customers a push is meant for: those its writer reaches by the right to send, or a group of them."""
    found = greetable() & Customer.objects.visible_to(push.made_by, FollowUpPermission.PUSH)
    if push.segment_id is not None:
        found = in_segment(found, push.made_by, push.segment_id, timezone.localdate(at))
    return found


def forecast(customers: QuerySet[Customer], template: Template, at: datetime) -> Forecast:
    """What would happen if it started now. About ten queries."""
    people = customers.select_related("node__parent__parent", "doctor", "health_manager").defer(*HEAVY)
    some = list(people.order_by("pk")[:LOOKED_AT])
    reached = reach_of(some, template, open_channels(template.channels))
    reasons = Counter(reach.withheld for reach in reached.values() if reach.withheld)
    good = [customer for customer in some if reached[customer.pk].withheld is None]
    samples = []
    for customer in good[:SAMPLES]:
        reach = reached[customer.pk]
        with override(reach.language):
            values = house_values(customer)
            values |= {name: f"{{{name}}}" for name in missing_values(template, reach.channel, values)}
            samples.append((values["name"], compose(template, reach.channel, values, SIGNATURE.on(at)).body))
    counted = [(Withheld(reason), many) for reason, many in reasons.most_common()]
    return Forecast(
        customers.count() if len(some) == LOOKED_AT else len(some),
        len(some),
        len(good),
        counted,
        samples,
        unregistered(template),
    )


def outcome(push: Push) -> Outcome:
    """What came of a push so far. Three queries."""
    rows = push.recipients.order_by()
    by_state = list(rows.values_list("message__outbox__state", "message__withheld").annotate(many=Count("pk")))
    total = sum(many for _state, _why, many in by_state)
    unwritten = rows.filter(message=None).count()
    states = [(State(state), many) for state, _why, many in by_state if state]
    withheld = [(Withheld(why), many) for _state, why, many in by_state if why]
    since = push.started_at
    left = (
        OptOut.objects.filter(customer__in=rows.values("customer"), at__gte=since, ended_at=None).count()
        if since
        else 0
    )
    return Outcome(total, total - unwritten, states, sorted(withheld, key=lambda one: -one[1]), left)
