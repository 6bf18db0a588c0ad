"""A journey as a strip of nodes: who did which when, whose turn it is now."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from kefu.customers.models import Customer
from kefu.foundation.ui.inputs import JourneyNode
from kefu.foundation.ui.wording import date_words
from kefu.journey.models import Journey, JourneyEntry, NodeTemplate
from kefu.journey.queries.cards import clock_of
from kefu.journey.queries.positions import standing_of, status_words
from kefu.journey.queries.turns import next_people
from kefu.organisation.models import User


def strip_of(journey: Journey, at: datetime) -> list[JourneyNode]:
    """The nodes of a journey in order, in four queries."""
    now = standing_of(journey)
    last: dict[str, JourneyEntry] = {}
    for entry in journey.entries.select_related("by", "node").filter(kind__in=["done", "skipped"]).order_by("pk"):
        last[entry.node.code] = entry
    strip = []
    for node in NodeTemplate.objects.filter(template=journey.template_id, retired=False).order_by("order"):
        if node.pk == journey.node_id:
            strip.append(_now(node, journey, at))
        elif node.code in now.passed and node.code in last:
            passed = last[node.code]
            state = "skipped" if node.code in now.skipped else "done"
            strip.append(JourneyNode(state, node.label, passed.by.name, date_words(passed.at, at)))
        else:
            strip.append(JourneyNode("next", node.label))
    return strip


def _now(node: NodeTemplate, journey: Journey, at: datetime) -> JourneyNode:
    people = next_people(journey)
    owner = people[0].name if len(people) == 1 else ""
    due = clock_of(journey, at)
    return JourneyNode("now", node.label, owner, due.words if due else "", tone=due.tone if due else "")


def head_of(customer: Customer, user: User, at: datetime) -> dict[str, object]:
    """What the customer's head card shows: the latest open journey (else the latest), how many others there are, how it ended."""
    journeys = list(Journey.objects.filter(customer=customer).select_related("node", "template").order_by("-pk")[:20])
    shown = next((journey for journey in journeys if journey.state == "open"), journeys[0] if journeys else None)
    if shown is None:
        return {"journey": None}
    shown.customer = customer
    due = clock_of(shown, at)
    return {
        "journey": shown,
        "status": status_words()[shown.status_code],
        "nodes": strip_of(shown, at),
        "due": due,
        "ended": None if shown.state == "open" else shown.entries.select_related("by").order_by("-pk").first(),
        "others": len(journeys) - 1,
        "url": reverse("journey:journey", args=[shown.pk]),
    }
