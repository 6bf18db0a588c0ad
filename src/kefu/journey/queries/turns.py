"""Whose turn it is: the people a node waits for, and telling them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import UTC, datetime
from functools import reduce
from operator import or_

from django.db.models import Q
from django.urls import reverse

from kefu.customers.queries import HEAVY
from kefu.foundation.access.queries import access_of, colleagues_with, substitutes_of
from kefu.foundation.notices.actions import tell
from kefu.journey.choices import JourneyState
from kefu.journey.models import Journey, NodeTemplate
from kefu.journey.sentences import TURN
from kefu.organisation.models import User

LATEST = datetime.max.replace(tzinfo=UTC)
AT_MOST = 20  # people told of one step: a whole department is not rung for each customer


def next_people(journey: Journey) -> list[User]:
    """Those the current node waits for: the customer's own doctor and manager where it is their turn, else the role's holders."""
    if journey.node is None:
        return []
    customer, people = journey.customer, []
    for role in journey.node.roles:
        own = {"doctor": customer.doctor, "health_manager": customer.health_manager}.get(role)
        people += [own] if own else list(colleagues_with(role, customer.node_id)[:AT_MOST])
    return list({user.pk: user for user in people}.values())[:AT_MOST]


def standing_in(people: Iterable[User]) -> list[User]:
    """Those who act for one of these people now, and are not among them."""
    absent = {user.pk for user in people}
    return list(User.objects.filter(pk__in=substitutes_of(absent)).exclude(pk__in=absent).order_by("job_number"))


def tell_next(journey: Journey, *, by: User, at: datetime) -> None:
    """Ring the bell of those whose turn has come and of who stands in for them, except the one who has just acted (JRN-019)."""
    if journey.node is None:
        return
    people = next_people(journey)
    users = [user for user in [*people, *standing_in(people)] if user.pk != by.pk]
    text = TURN(name=journey.customer.name, node=journey.node)
    link = reverse("customers:page", args=[journey.customer_id])
    tell(users=users, code="journey.turn", text=text, link=link, customer_id=journey.customer_id, at=at)


def my_turn(user: User) -> Q:
    """The condition on journeys that it is this user's turn: own customers for doctors and managers, the role's centres for others."""
    found = Q(pk__in=[])
    for role in access_of(user).role_nodes:
        found |= Q(node__roles__contains=[role]) & _customers_of(role, user)
    return found


def _customers_of(role: str, user: User) -> Q:
    """The condition on journeys of the customers for whom the user acts in a role."""
    access = access_of(user)
    found = Q(customer__node_id__in=access.role_nodes[role])
    if role == "doctor":
        found &= Q(customer__doctor_id__in=access.persons)
    elif role == "health_manager":
        found &= Q(customer__health_manager_id__in=access.persons) | Q(customer__health_manager__isnull=True)
    return found


def first_turns(user: User, at_most: int, *, only_dated: Container[str]) -> list[Journey]:
    """The first journeys whose turn it is for this user, earliest promise first; at nodes `only_dated` those with a date.

    One leg for each node walks its own stretch of the index, so that the time does not grow with the number of customers.
    """
    held = access_of(user).role_nodes.keys()
    legs = []
    for pk, code, roles in NodeTemplate.objects.order_by().values_list("pk", "code", "roles"):
        turn = [_customers_of(role, user) for role in roles if role in held]
        if turn:
            rows = Journey.objects.filter(reduce(or_, turn), state=JourneyState.OPEN, node=pk)
            rows = rows.filter(due_at__isnull=False) if code in only_dated else rows
            legs.append(rows.order_by("due_at", "pk").values_list("pk", "due_at")[:at_most])
    if not legs:
        return []
    found = legs[0].union(*legs[1:], all=True) if len(legs) > 1 else legs[0]
    first = sorted(found, key=lambda row: (row[1] is None, row[1] or LATEST, row[0]))[:at_most]
    shown = Journey.objects.select_related("customer", "node").prefetch_related("node__gates")
    by_id = shown.defer(*(f"customer__{column}" for column in HEAVY)).in_bulk([pk for pk, _due in first])
    return [by_id[pk] for pk, _due in first]
