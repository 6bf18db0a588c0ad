"""A journey as a card of the board or a row of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from kefu.foundation.ui.inputs import CustomerView, PersonView
from kefu.foundation.ui.rules import ClockView
from kefu.foundation.ui.wording import clock, date_words
from kefu.journey.models import Journey
from kefu.journey.queries.board import Column


@dataclass(frozen=True)
class Card:
    """What a card shows: whom, until when, since when, whose turn."""

    url: str
    customer: CustomerView
    clock: ClockView | None
    since: str
    person: PersonView | None


def card_rows(found: Iterable[Column] | Iterable[Journey], at: datetime) -> dict[int, Card]:
    """Journey id to card, without further queries."""
    cards: dict[int, Card] = {}
    for item in found:
        journeys = [card for group in item.groups for card in group.cards] if isinstance(item, Column) else [item]
        for journey in journeys:
            cards[journey.pk] = _card(journey, at)
    return cards


def _card(journey: Journey, at: datetime) -> Card:
    customer = journey.customer
    roles = journey.node.roles if journey.node else []
    own = {"doctor": customer.doctor, "health_manager": customer.health_manager}
    person = next((user for role in roles if (user := own.get(role))), None)
    return Card(
        url=reverse("journey:journey", args=[journey.pk]),
        customer=CustomerView(
            customer.name,
            reverse("customers:page", args=[customer.pk]),
            customer.get_sex_display(),
            customer.age(at.date()),
        ),
        clock=clock_of(journey, at),
        since=date_words(journey.since, at),
        person=PersonView(person.name) if person else None,
    )


def clock_of(journey: Journey, at: datetime) -> ClockView | None:
    """Until when; a clock that stands still says whom it waits for."""
    if journey.due_at:
        return clock(journey.due_at, journey.since, at)
    waits_for = journey.node.waits_for if journey.node else ""
    return clock(at, journey.since, at, paused_for=waits_for) if waits_for else None
