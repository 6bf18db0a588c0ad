"""Finding the journey a step belongs to, and the standing of one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from kefu.foundation.audit.trail import Subject
from kefu.journey.choices import JourneyState
from kefu.journey.models import ExtraStatus, Journey, JourneyTemplate, NodeTemplate
from kefu.journey.rules import Fact, NodeRule, Standing, standing


def default_template() -> JourneyTemplate | None:
    """The journey that starts by itself; None where the installation works without journeys."""
    return JourneyTemplate.objects.filter(active=True).order_by("pk").first()


def open_journeys(customer_id: int, subject: Subject | None = None) -> QuerySet[Journey]:
    """A customer's open journeys, oldest first; those a record belongs to when one is named."""
    journeys = Journey.objects.filter(customer_id=customer_id, state=JourneyState.OPEN).order_by("pk")
    if subject is None:
        return journeys
    return journeys.filter(entries__subject_kind=subject.kind, entries__subject_id=subject.id).distinct()


def standing_of(journey: Journey) -> Standing:
    """The journey's standing, folded from its history in two plain queries: every step waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(_RULES, [journey.template_id])
        rules = [NodeRule(*row) for row in cursor.fetchall()]
        cursor.execute(_FACTS, [journey.pk])
        return standing(rules, [Fact(*row) for row in cursor.fetchall()])


_RULES = 'SELECT code, "order", status_code, repeats, retired FROM journey_nodetemplate WHERE template_id = %s ORDER BY "order"'
_FACTS = """
    SELECT entry.kind, node.code, entry.status_code FROM journey_journeyentry entry JOIN journey_nodetemplate node ON node.id = entry.node_id
    WHERE entry.journey_id = %s ORDER BY entry.id
"""


@dataclass(frozen=True)
class Words:
    """The words of a template's statuses by code, in the reader's language."""

    labels: dict[str, str]

    def __getitem__(self, code: str) -> str:
        return self.labels.get(code, code)


def status_words() -> Words:
    """Status code to word, over all journeys; two queries."""
    labels = {node.status_code: node.status_label for node in NodeTemplate.objects.all()}
    labels |= {extra.code: extra.label for extra in ExtraStatus.objects.all()}
    return Words(labels)
