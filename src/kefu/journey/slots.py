"""What journeys add to the pages: the strip on the customer's head, the workbench, the navigation, merging."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers.erasing import scrub
from kefu.customers.merging import repoint
from kefu.customers.models import Customer
from kefu.customers.subject_data import contribute
from kefu.foundation.gates.registry import declared
from kefu.foundation.slots.registry import CustomerHead, NavItem, WorkItem, register, register_work
from kefu.journey.models import Journey, NodeTemplate
from kefu.journey.pages import page_of
from kefu.journey.permissions import JourneyPermission
from kefu.journey.queries.strips import head_of
from kefu.journey.queries.turns import first_turns, my_turn
from kefu.organisation.models import User

AT_MOST = 200
CLOCK_ONLY = frozenset({"followup"})  # its contacts have due dates of their own


def step_url(node: NodeTemplate, customer_id: int, journey_id: int) -> str:
    """The page on which a node's step is done: of its first gate, of what completes it, else the journey's own."""
    gates = declared()
    for row in node.gates.all():
        gate = gates.get(row.gate)
        if gate and gate.url:
            return gate.url(customer_id)
    page = page_of(node.completed_by)
    return page(customer_id) if page else reverse("journey:journey", args=[journey_id])


def owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """The steps whose turn it is for the user, earliest promise first (NFR-004)."""
    for journey in first_turns(user, AT_MOST, only_dated=CLOCK_ONLY):
        node = cast(NodeTemplate, journey.node)
        waiting = node.waits_for if journey.due_at is None else ""
        yield WorkItem(
            group="journey", label=node.label, icon="route", what=node.condition or node.label, why=node.effect,
            url=step_url(node, journey.customer_id, journey.pk), verb=_("去办"), due_at=journey.due_at, started_at=journey.since,
            customer_id=journey.customer_id, customer_name=journey.customer.name, customer_note=_note(journey.customer, at),
            waiting=waiting,
        )  # fmt: skip


def _note(customer: Customer, at: datetime) -> str:
    age = customer.age(at.date())
    return " ".join(part for part in (customer.get_sex_display(), str(age) if age is not None else "") if part)


def _head(user: User, customer: object, at: datetime) -> dict[str, object]:
    context = head_of(cast(Customer, customer), user, at)
    journey = context["journey"]
    if isinstance(journey, Journey) and journey.node is not None:
        running = journey.node.code in CLOCK_ONLY and journey.due_at is None
        context["mine"] = not running and Journey.objects.filter(my_turn(user), pk=journey.pk).exists()
        context["step"] = step_url(journey.node, journey.customer_id, journey.pk)
    return context


contribute("journey.Journey", "customer", _("服务流程"), erase=scrub(keep=("number", "status_code")))
contribute(
    "journey.JourneyEntry",
    "journey__customer",
    _("服务流程经过"),
    erase=scrub("reason", keep=("status_code", "role", "subject_kind")),
)
register_work("journey", owed)
register(
    CustomerHead(
        code="journey", order=10, permission=JourneyPermission.VIEW, template="journey/head.html", context=_head
    ),
    NavItem(
        section="today",
        order=20,
        label=_("服务流程"),
        icon="route",
        url_name="journey:board",
        permission=JourneyPermission.VIEW,
        key="j",
    ),
)
repoint("journey.Journey", "customer", _("服务流程"))
