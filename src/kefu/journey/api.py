"""Journeys over the API."""

from __future__ import annotations

from decimal import Decimal

from ninja import Query, Router

from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Line, Moment, Money, Out, Switch
from kefu.journey.models import Journey
from kefu.journey.permissions import JourneyPermission
from kefu.journey.queries.amounts import amounts_of
from kefu.journey.queries.positions import Words, status_words
from kefu.kernel.ids import ident

router = Router(tags=["journeys"])


class StepOut(Out):
    """A line of a journey's history."""

    node: str
    kind: str
    by: str
    role: str
    at: Moment
    reason: str


class JourneyOut(Out):
    """Where a journey stands: node, since when, until when, and the derived status."""

    id: str
    number: str
    customer: str
    state: str
    node: str | None
    node_label: str | None
    since: Moment
    due_at: Moment | None
    status: str
    status_label: str


class JourneyDetail(JourneyOut):
    """A journey with its history, and what its orders and purchases came to."""

    amount: Money
    steps: list[StepOut]


class JourneyFilter(Page):
    """`node` is a node's code, `overdue` keeps those past their promise."""

    node: Line | None = None
    overdue: Switch | None = None


@router.get("journeys", response={200: Listing[JourneyOut], **RESPONSES}, operation_id="journeys_list")
@needs(JourneyPermission.VIEW)
def list_journeys(request: ApiRequest, query: Query[JourneyFilter]) -> dict[str, object]:
    """Journeys within the caller's scope, newest first."""
    journeys = Journey.objects.visible_to(request.user).select_related("node")
    if query.node:
        journeys = journeys.filter(state="open", node__code=query.node)
    if query.overdue is not None:
        late = journeys.filter(state="open", due_at__lt=request.at)
        journeys = late if query.overdue else journeys.exclude(pk__in=late)
    words = status_words()
    return listing(journeys, query, order=("-id",), show=lambda journey: _show(journey, words))


@router.get("journeys/{journey_id}", response={200: JourneyDetail, **RESPONSES}, operation_id="journeys_read")
@needs(JourneyPermission.VIEW)
def read_journey(request: ApiRequest, journey_id: Line) -> dict[str, object]:
    """One journey with its history."""
    journey = reference(Journey.objects.visible_to(request.user).select_related("node"), journey_id, "jou", "number")
    entries = journey.entries.select_related("node", "by")
    steps = [
        {
            "node": entry.node.code,
            "kind": entry.kind,
            "by": entry.by.job_number,
            "role": entry.role,
            "at": entry.at,
            "reason": entry.reason,
        }
        for entry in entries
    ]
    amount = amounts_of(journey.customer_id).get(journey.pk, Decimal("0.00"))
    return _show(journey, status_words()) | {"amount": amount, "steps": steps}


@router.get(
    "customers/{customer_id}/journeys",
    response={200: Listing[JourneyOut], **RESPONSES},
    operation_id="customers_journeys",
)
@needs(JourneyPermission.VIEW)
def customer_journeys(request: ApiRequest, customer_id: Line, query: Query[Page]) -> dict[str, object]:
    """A customer's journeys, newest first."""
    customer = customer_named(Customer.objects.visible_to(request.user), customer_id)
    words = status_words()
    journeys = Journey.objects.filter(customer=customer).select_related("node")
    return listing(journeys, query, order=("-id",), show=lambda journey: _show(journey, words))


def _show(journey: Journey, words: Words) -> dict[str, object]:
    return {
        "id": ident("jou", journey.pk),
        "number": journey.number,
        "customer": ident("cus", journey.customer_id),
        "state": journey.state,
        "node": journey.node.code if journey.node else None,
        "node_label": journey.node.label if journey.node else None,
        "since": journey.since,
        "due_at": journey.due_at,
        "status": journey.status_code,
        "status_label": words[journey.status_code],
    }
