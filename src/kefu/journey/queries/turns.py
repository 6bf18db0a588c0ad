"""Whose turn it is: the people a node waits for, and telling them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from kefu.foundation.access.queries import access_of, colleagues_with
from kefu.foundation.notices.actions import tell
from kefu.journey.models import Journey
from kefu.organisation.models import User

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


def tell_next(journey: Journey, *, by: User, at: datetime) -> None:
    """Ring the bell of those whose turn has come, except the one who has just acted (JRN-019)."""
    if journey.node is None:
        return
    users = [user for user in next_people(journey) if user.pk != by.pk]
    text = _("%(name)s：轮到您办“%(node)s”") % {"name": journey.customer.name, "node": journey.node.zh}
    link = reverse("customers:page", args=[journey.customer_id])
    tell(users=users, code="journey.turn", text=text, link=link, customer_id=journey.customer_id, at=at)


def my_turn(user: User) -> Q:
    """The condition on journeys that it is this user's turn: own customers for doctors and managers, the role's centres for others."""
    access, found = access_of(user), Q(pk__in=[])
    for role, nodes in access.role_nodes.items():
        at_role = Q(node__roles__contains=[role], customer__node_id__in=nodes)
        if role == "doctor":
            at_role &= Q(customer__doctor_id__in=access.persons)
        elif role == "health_manager":
            at_role &= Q(customer__health_manager_id__in=access.persons) | Q(customer__health_manager__isnull=True)
        found |= at_role
    return found
